using Streaming.Host.Operations.Live;
using Streaming.Host.Operations.Panels;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations;

/// <summary>What the Operations page is made of. A further panel is a line here.</summary>
internal static class OperationsRegistration
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddObserving();
        services.AddSingleton<RequestRecords>().AddSingleton<PoolRecords>();
        services.AddPoll<JobPoll>().AddPoll<BacklogPoll>().AddPoll<HealthPoll>().AddPoll<IngestPoll>().AddPoll<DecisionPoll>().AddPoll<DataMovePoll>();
        services.AddHostedService<LiveLines>().AddHostedService<PolledTelemetry>();
        services
            .AddOperationsPanel<ObjectivePanel>()
            .AddOperationsPanel<DependencyPanel>()
            .AddOperationsPanel<LimitPanel>()
            .AddOperationsPanel<CachePanel>()
            .AddOperationsPanel<DatabasePanel>()
            .AddOperationsPanel<ServerPanel>()
            .AddOperationsPanel<JobPanel>()
            .AddOperationsPanel<IngestPanel>()
            .AddOperationsPanel<ModulePanel>()
            .AddOperationsPanel<PlacementPanel>()
            .AddOperationsPanel<DecisionPanel>()
            .AddOperationsPanel<DataMovePanel>()
            .AddOperationsPanel<ForwardingPanel>()
            .AddOperationsPanel<RoutePanel>()
            .AddOperationsPanel<HostPanel>();
    }
}

using Streaming.Host.Gateway;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Platform.Dial.Instances;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>Where modules' routes are served, and how those who serve them fare: <c>/ops/forwarding</c>.</summary>
internal static class ForwardingBoard
{
    internal sealed record Board(string Region, IReadOnlyList<ModuleView> Modules);

    /// <summary>One module; counts are of this host since its start, times in milliseconds of the last 512 requests.</summary>
    internal sealed record ModuleView(
        string Module, decimal Percent, string Salt, int Active, long Answered, long Rescued, long Lost, long BrokenOff, long Retries, long Hedges,
        double? P50Ms, double? P95Ms, double? P99Ms, double HedgeAfterMs, IReadOnlyList<InstanceView> Instances);

    /// <summary>One instance; <c>Share</c> is the part of the module's forwarded requests that it can expect now.</summary>
    internal sealed record InstanceView(
        string Name, string Region, Uri Address, string State, string? Reason, double Weight, double Share, int InFlight, long Requests, long Failures, int Ejections,
        double? P50Ms, double? P99Ms);

    public static void MapForwardingBoard(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/forwarding", (ForwardingPools pools, GatewaySettings settings) => new Board(settings.Current.Region, [.. pools.All.Select(View)])).WithTags("Operations")
            .RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .WithName("ReadForwarding").WithSummary("Where modules are served beside this host: their instances, how these fare, and what became of the requests.");

    private static ModuleView View(ModulePool pool)
    {
        var (memory, pace) = (pool.Memory, pool.Memory.Pace);
        return new ModuleView(
            pool.Module, pool.Settings.Share.Percent, pool.Settings.Section.Salt ?? pool.Module, pace.Active,
            memory.Of(HopOutcome.Answered), memory.Of(HopOutcome.Rescued), memory.Of(HopOutcome.Lost), memory.Of(HopOutcome.BrokenOff), memory.Retries, memory.Hedges,
            Milliseconds(pace.Percentile(50)), Milliseconds(pace.Percentile(95)), Milliseconds(pace.Percentile(99)), Milliseconds(pool.HedgeAfter)!.Value,
            [.. pool.Instances.Instances.Select(i => View(pool, i))]);
    }

    private static InstanceView View(ModulePool pool, Instance instance)
    {
        var calls = instance.Dependency.Report();
        return new InstanceView(
            instance.At.Name, instance.At.Region, instance.At.Address, Word(instance.State), instance.Reason,
            Math.Round(pool.Instances.WeightOf(instance), 3), Math.Round(pool.Instances.ShareOf(instance), 3), instance.InFlight,
            calls.Succeeded, calls.Failed + calls.TimedOut, instance.Ejections, calls.P50Ms, calls.P99Ms);
    }

    private static string Word(InstanceState state) => state switch { InstanceState.In => "in", InstanceState.Out => "out", _ => "unproven" };

    private static double? Milliseconds(TimeSpan? took) => took is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;
}

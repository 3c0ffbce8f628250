using Hangfire;
using MediatR;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Observing;
using Streaming.Platform.Outbox;

namespace Streaming.Host.Operations.Live;

/// <summary>What Hangfire has to do and has done.</summary>
internal sealed record JobCounts(long Queued, long Running, long Scheduled, long Failed, long Servers);

internal sealed class JobPoll(JobStorage storage, TimeProvider clock) : Poll<JobCounts>(TimeSpan.FromSeconds(5), clock)
{
    protected override Task<JobCounts> Ask(CancellationToken cancellationToken) => Task.Run(() =>
    {
        var found = storage.GetMonitoringApi().GetStatistics();
        return new JobCounts(found.Enqueued, found.Processing, found.Scheduled, found.Failed, found.Servers);
    }, cancellationToken);
}

internal sealed class BacklogPoll(OutboxBacklog backlog, TimeProvider clock) : Poll<IReadOnlyList<ModuleBacklog>>(TimeSpan.FromSeconds(10), clock)
{
    protected override Task<IReadOnlyList<ModuleBacklog>> Ask(CancellationToken cancellationToken) => backlog.Count(cancellationToken);
}

internal sealed class HealthPoll(HealthCheckService health, TimeProvider clock) : Poll<HealthReport>(TimeSpan.FromSeconds(5), clock)
{
    protected override Task<HealthReport> Ask(CancellationToken cancellationToken) => health.CheckHealthAsync(cancellationToken);
}

/// <summary>The newest thirty decisions about where modules run.</summary>
internal sealed class DecisionPoll(DialDecisions decisions, TimeProvider clock) : Poll<IReadOnlyList<DialDecided>>(TimeSpan.FromSeconds(2), clock)
{
    private const int Newest = 30;

    protected override Task<IReadOnlyList<DialDecided>> Ask(CancellationToken cancellationToken) => decisions.Latest(null, Newest, cancellationToken);
}

/// <summary>Moves of modules' rows.</summary>
internal sealed class DataMovePoll(DataMoves moves, TimeProvider clock) : Poll<IReadOnlyList<DataMoveReport>>(TimeSpan.FromSeconds(10), clock)
{
    protected override Task<IReadOnlyList<DataMoveReport>> Ask(CancellationToken cancellationToken) => moves.List(cancellationToken);
}

/// <summary>The newest hundred files on their way to the screen.</summary>
internal sealed class IngestPoll(IServiceScopeFactory scopes, TimeProvider clock) : Poll<IngestPage>(TimeSpan.FromSeconds(5), clock)
{
    private const int Newest = 100;

    protected override async Task<IngestPage> Ask(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var asked = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new GetIngests(Newest), cancellationToken);
        return asked.TryGet(out var page, out var error) ? page : throw new InvalidOperationException(error.Message);
    }
}

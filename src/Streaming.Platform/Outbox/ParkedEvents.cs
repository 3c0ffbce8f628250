using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;

namespace Streaming.Platform.Outbox;

/// <summary>An event that was given up after its last attempt.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Module">Who published it.</param>
/// <param name="Type">Name of the event.</param>
/// <param name="At">When it happened.</param>
/// <param name="ParkedAt">When it was given up.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="Error">Why, the last time.</param>
public sealed record ParkedEvent(Guid Id, string Module, string Type, DateTimeOffset At, DateTimeOffset ParkedAt, int Attempts, string? Error);

/// <summary>The events that were given up, in every module's outbox, for those who run the installation.</summary>
public sealed class ParkedEvents
{
    private readonly IServiceScopeFactory _scopes;
    private readonly ModuleData[] _modules;
    private readonly OutboxSignal _signal;

    internal ParkedEvents(IServiceScopeFactory scopes, IEnumerable<ModuleData> modules, OutboxSignal signal) =>
        (_scopes, _modules, _signal) = (scopes, [.. modules], signal);

    /// <summary>How many there are.</summary>
    public async Task<int> Count(CancellationToken cancellationToken) =>
        (await OfEach(parked => parked.CountAsync(cancellationToken))).Sum(c => c.Answer);

    /// <summary>The oldest of them, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<ParkedEvent>> List(int limit, CancellationToken cancellationToken)
    {
        var found = await OfEach(parked => parked.AsNoTracking().OrderBy(m => m.Id).Take(limit).ToListAsync(cancellationToken));
        return [.. found.SelectMany(f => f.Answer, (f, m) => new ParkedEvent(m.Id, f.Module, m.Type, m.At, m.ParkedAt!.Value, m.Attempts, m.LastError))
            .OrderBy(e => e.Id).Take(limit)];
    }

    /// <summary>
    /// Sends one, or all of them, again: with as many attempts as a new one, oldest first, and only to the handlers that have not taken
    /// it. Answers with how many there were.
    /// </summary>
    public async Task<int> Retry(Guid? id, CancellationToken cancellationToken)
    {
        var sent = await OfEach(parked => parked.Where(m => id == null || m.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(m => m.ParkedAt, (DateTimeOffset?)null).SetProperty(m => m.NotBefore, (DateTimeOffset?)null).SetProperty(m => m.Attempts, 0),
            cancellationToken));
        _signal.Wake();
        return sent.Sum(s => s.Answer);
    }

    private async Task<List<(string Module, T Answer)>> OfEach<T>(Func<IQueryable<OutboxMessage>, Task<T>> ask)
    {
        var answers = new List<(string, T)>();
        foreach (var module in _modules)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var context = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Context);
            answers.Add((module.Module, await ask(context.OutboxMessages.Where(m => m.ParkedAt != null))));
        }

        return answers;
    }
}

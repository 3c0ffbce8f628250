using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;

namespace Streaming.Platform.Outbox;

/// <summary>Events that have been decided and not yet been told to everybody, for people who run the host.</summary>
public sealed class OutboxBacklog
{
    private readonly IServiceScopeFactory _scopes;
    private readonly IEnumerable<ModuleData> _modules;

    internal OutboxBacklog(IServiceScopeFactory scopes, IEnumerable<ModuleData> modules) => (_scopes, _modules) = (scopes, modules);

    /// <summary>Counts each module's outbox; a module without data has none.</summary>
    public async Task<IReadOnlyList<ModuleBacklog>> Count(CancellationToken cancellationToken)
    {
        var counts = new List<ModuleBacklog>();
        foreach (var module in _modules)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var undelivered = ((ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Context)).OutboxMessages.Where(m => m.DeliveredAt == null);
            counts.Add(new ModuleBacklog(
                module.Module,
                await undelivered.CountAsync(m => m.ParkedAt == null && m.Attempts == 0, cancellationToken),
                await undelivered.CountAsync(m => m.ParkedAt == null && m.Attempts > 0, cancellationToken),
                await undelivered.CountAsync(m => m.ParkedAt != null, cancellationToken)));
        }

        return counts;
    }
}

/// <summary>What lies in a module's outbox.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Waiting">Events not yet told for the first time.</param>
/// <param name="Retried">Events that at least one handler refused; they are told again later.</param>
/// <param name="Parked">Events that were refused too often; they wait for an operator.</param>
public sealed record ModuleBacklog(string Module, int Waiting, int Retried, int Parked);

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;

namespace Streaming.Platform.Readiness;

/// <summary>How long a module's latest events took from their commit until everybody had been told.</summary>
/// <param name="Events">How many: at most the latest 200.</param>
/// <param name="Waiting">Those that have not been told to everybody yet.</param>
/// <param name="P50Ms">Median, in milliseconds; null where there were none.</param>
/// <param name="P99Ms">99 of 100 took at most this.</param>
public sealed record EventLag(int Events, int Waiting, double? P50Ms, double? P99Ms);

/// <summary>Reads it off the outboxes.</summary>
internal sealed class EventLags(IServiceScopeFactory scopes, IEnumerable<ModuleData> modules)
{
    private const int Latest = 200;

    public async Task<EventLag?> Of(string module, CancellationToken ct)
    {
        if (modules.FirstOrDefault(m => m.Module == module) is not { } data) return null;
        await using var scope = scopes.CreateAsyncScope();
        var outbox = ((ModuleDbContext)scope.ServiceProvider.GetRequiredService(data.Context)).OutboxMessages.AsNoTracking();
        var told = await outbox.Where(m => m.DeliveredAt != null).OrderByDescending(m => m.Id).Take(Latest).Select(m => new { m.At, m.DeliveredAt }).ToListAsync(ct);
        var waiting = await outbox.CountAsync(m => m.DeliveredAt == null && m.ParkedAt == null, ct);
        var lags = new ValueWindow();
        foreach (var message in told) lags.Add((message.DeliveredAt!.Value - message.At).TotalMilliseconds);
        return new EventLag(told.Count, waiting, lags.Percentile(50), lags.Percentile(99));
    }
}

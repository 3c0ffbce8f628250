using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Data;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>
/// Twice a second forgets the accounts that another host has changed, so that a session ended there is over here within a second.
/// Where no other process is there nobody can.
/// </summary>
internal sealed partial class FollowAccountChanges(
    IServiceScopeFactory scopes, KnownAccounts known, DatabaseSharing sharing, TimeProvider clock, ILogger<FollowAccountChanges> log) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);

    // Clocks of hosts differ, and a transaction is seen later than it says.
    private static readonly TimeSpan _back = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _keep = TimeSpan.FromMinutes(10);

    private HashSet<Guid> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_beat, clock);
        for (var beat = 0; await timer.WaitForNextTickAsync(stoppingToken); beat++)
        {
            if (!sharing.IsShared) continue;
            try
            {
                await Follow(sweep: beat % 240 == 0, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // What is known is asked again after half a minute anyway.
                if (beat % 20 == 0) NotFollowed(log, failure.Message);
            }
        }
    }

    private async Task Follow(bool sweep, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDbContext>();
        var since = clock.GetUtcNow() - _back;
        var changes = await db.AccountChanges.AsNoTracking().Where(c => c.At > since).Select(c => new { c.Id, c.AccountId }).ToListAsync(ct);
        foreach (var change in changes.Where(c => !_seen.Contains(c.Id))) known.Forget(change.AccountId);
        _seen = [.. changes.Select(c => c.Id)];
        if (!sweep) return;
        var old = clock.GetUtcNow() - _keep;
        await db.AccountChanges.Where(c => c.At < old).ExecuteDeleteAsync(ct);
    }

    [LoggerMessage(1, LogLevel.Warning, "Changes of accounts made by other hosts are not seen at the moment: {Reason}")]
    private static partial void NotFollowed(ILogger logger, string reason);
}

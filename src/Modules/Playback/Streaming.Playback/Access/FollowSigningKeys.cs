using Microsoft.Extensions.Hosting;
using Streaming.Platform.Data;

namespace Streaming.Playback.Access;

/// <summary>
/// Twice a second looks which keys there are, so that one which another host has revoked is over here within a second. Only on PostgreSQL: a
/// SQLite database belongs to one host. While the database is away what is known stays, or every film would end with it.
/// </summary>
internal sealed class FollowSigningKeys(SigningKeys keys, DataOptions data, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (data.Postgres is null) return;
        using var timer = new PeriodicTimer(_beat, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await keys.Follow(stoppingToken);
    }
}

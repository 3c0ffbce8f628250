using Microsoft.Extensions.Hosting;
using Streaming.Platform.Data;

namespace Streaming.Playback.Access;

/// <summary>
/// Twice a second looks which keys there are, so that one which another host has revoked is over here within a second. While
/// no other process is there nobody can; while the database is away what is known stays, or every film would end with it.
/// </summary>
internal sealed class FollowSigningKeys(SigningKeys keys, DatabaseSharing sharing, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_beat, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            if (sharing.IsShared) await keys.Follow(stoppingToken);
    }
}

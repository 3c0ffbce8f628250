using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Playback.Data;
using Streaming.Users;

namespace Streaming.Playback.Sessions;

/// <summary>What a deleted profile has watched is nobody's business any more.</summary>
internal sealed class ForgetProfile(PlaybackDbContext db) : INotificationHandler<ProfileDeleted>
{
    public async Task Handle(ProfileDeleted notification, CancellationToken cancellationToken)
    {
        await db.Progress.Where(p => p.ProfileId == notification.ProfileId).ExecuteDeleteAsync(cancellationToken);
        await db.Sessions.Where(s => s.ProfileId == notification.ProfileId).ExecuteDeleteAsync(cancellationToken);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Streaming.Playback.Progress;

namespace Streaming.Playback.Sessions;

/// <summary>One viewing of a title by a profile on one player.</summary>
internal sealed class Session
{
    /// <summary>Others are told of time watched in portions, so that a hundred players do not make twenty events a second.</summary>
    private const double Portion = 30;

    public required Guid Id { get; init; }

    public required Guid ProfileId { get; init; }

    public required Guid TitleId { get; init; }

    public required Guid AssetId { get; init; }

    public required int Revision { get; init; }

    public required double DurationSeconds { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset LastSeenAt { get; private set; }

    public double PositionSeconds { get; private set; }

    /// <summary>Sequence of the event that the position is of, so that a late one does not move it back.</summary>
    public int MovedBy { get; private set; } = -1;

    public double WatchedSeconds { get; private set; }

    /// <summary>Of <see cref="WatchedSeconds"/>, what others have been told of.</summary>
    public double ToldSeconds { get; private set; }

    public bool ToldStart { get; private set; }

    public bool Completed { get; private set; }

    /// <summary><see cref="SeenEvents"/> as text.</summary>
    public string Seen { get; private set; } = "";

    public PlaybackQuality Quality { get; private set; } = new();

    /// <summary>Two batches at once must not both count from the same state.</summary>
    public int Version { get; private set; }

    /// <summary>Counts a batch in. The same events again change nothing.</summary>
    public Counted Count(IEnumerable<PlayerEvent> batch, DateTimeOffset now)
    {
        var seen = SeenEvents.Parse(Seen);
        var (accepted, watched, stalled, errors, playing, rests) = (0, 0.0, 0.0, 0, false, false);
        var (startupBefore, completedBefore) = (Quality.StartupSeconds, Completed);
        PlayerEvent? moved = null;
        foreach (var happened in batch.OrderBy(e => e.Sequence))
        {
            var position = happened.Kind == PlayerEvents.Ended ? DurationSeconds : Math.Clamp(happened.PositionSeconds ?? PositionSeconds, 0, DurationSeconds);
            var sums = happened.Kind == PlayerEvents.Summary; // its figures are of the whole session, not of this moment
            var moment = new Moment(
                happened.Sequence, happened.Kind, happened.At, position, sums ? null : happened.StalledSeconds, sums ? null : happened.Bandwidth);
            if (seen.Add(moment) is not { } adds) continue;

            accepted++;
            Quality.Count(happened, adds, latest: happened.Sequence > MovedBy);
            (watched, stalled) = (watched + adds.Watched, stalled + adds.Stalled);
            if (happened.Kind == PlayerEvents.Error) errors++;
            playing |= happened.Kind is PlayerEvents.Playing or PlayerEvents.Progress;
            rests |= PlayerEvents.Rests(happened.Kind);
            if (!PlayerEvents.Moves(happened) || happened.Sequence <= MovedBy) continue;
            (PositionSeconds, MovedBy, moved) = (position, happened.Sequence, happened);
            Completed |= WatchProgress.IsCompleted(position, DurationSeconds);
        }

        if (accepted == 0) return new Counted(0, null, null, 0, 0, 0, null);
        WatchedSeconds = Math.Max(0, WatchedSeconds + watched);
        (Seen, LastSeenAt, Version) = (seen.Text, now, Version + 1);
        return new Counted(
            accepted,
            moved is null ? null : moved.At < StartedAt ? StartedAt : moved.At > now ? now : moved.At,
            Tell(now, playing, rests, Completed && !completedBefore),
            watched, stalled, errors,
            startupBefore is null ? Quality.StartupSeconds : null);
    }

    private TitleWatched? Tell(DateTimeOffset now, bool playing, bool rests, bool completed)
    {
        var portion = Math.Max(0, WatchedSeconds - ToldSeconds);
        var starts = !ToldStart && playing;
        if (!starts && !completed && portion < Portion && !(rests && portion > 0)) return null;
        (ToldSeconds, ToldStart) = (ToldSeconds + portion, ToldStart || starts);
        return new TitleWatched(TitleId, ProfileId, Id, portion, starts, completed, now);
    }
}

/// <summary>What a batch came to.</summary>
/// <param name="Accepted">Events that were new.</param>
/// <param name="MovedAt">When the player was at the session's new position; null where the batch moved nothing.</param>
/// <param name="Happened">What to tell others.</param>
/// <param name="WatchedSeconds">Newly watched.</param>
/// <param name="StalledSeconds">Newly stood still.</param>
/// <param name="Errors">Newly reported.</param>
/// <param name="StartupSeconds">If known since this batch.</param>
internal sealed record Counted(
    int Accepted, DateTimeOffset? MovedAt, TitleWatched? Happened, double WatchedSeconds, double StalledSeconds, int Errors, double? StartupSeconds);

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("session");
        builder.HasKey(s => s.Id);
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasIndex(s => s.ProfileId);
        builder.ComplexProperty(s => s.Quality, quality => quality.Ignore(q => q.AverageBandwidth));
    }
}

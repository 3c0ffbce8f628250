using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Playback.Progress;

/// <summary>How far a profile is in a title.</summary>
internal sealed class WatchProgress
{
    /// <summary>Seconds. Somebody who left earlier was only looking: there is nothing to resume.</summary>
    public const double Begun = 10;

    private const double CompletedFrom = 0.95;
    private const double StepBack = 5;

    public required Guid ProfileId { get; init; }

    public required Guid TitleId { get; init; }

    public double PositionSeconds { get; private set; }

    public double DurationSeconds { get; private set; }

    public bool Completed { get; private set; }

    /// <summary>When last told, by the server's clock.</summary>
    public DateTimeOffset At { get; private set; }

    public Guid SessionId { get; private set; }

    /// <summary>When the player was there, which may be well before it could tell.</summary>
    public DateTimeOffset EventAt { get; private set; }

    /// <summary>Where playback goes on: a little before where it stopped, and from the start where there is hardly anything to go back to.</summary>
    public double ResumeSeconds => Completed || PositionSeconds < Begun ? 0 : PositionSeconds - StepBack;

    public static bool IsCompleted(double position, double duration) => duration > 0 && position >= duration * CompletedFrom;

    /// <summary>Within a session the caller sees to the order; between sessions the one that was there last decides.</summary>
    public void MoveTo(double position, double duration, Guid session, DateTimeOffset eventAt, DateTimeOffset now)
    {
        if (SessionId != session && eventAt < EventAt) return;
        (PositionSeconds, DurationSeconds, Completed) = (position, duration, IsCompleted(position, duration));
        (SessionId, EventAt, At) = (session, eventAt, now);
    }

    public static TitleProgress View(WatchProgress p) => new(p.TitleId, p.PositionSeconds, p.DurationSeconds, p.Completed, p.At);

    internal sealed class Configuration : IEntityTypeConfiguration<WatchProgress>
    {
        public void Configure(EntityTypeBuilder<WatchProgress> builder)
        {
            builder.ToTable("progress");
            builder.HasKey(p => new { p.ProfileId, p.TitleId });
            builder.HasIndex(p => new { p.ProfileId, p.At });
            builder.Ignore(p => p.ResumeSeconds);
        }
    }
}

using System.ComponentModel.DataAnnotations;

namespace Streaming.Playback.Access;

/// <summary>How long media addresses work: configuration section <c>playback:token</c>.</summary>
internal sealed class TokenOptions
{
    /// <summary>Longer for long titles: nobody is thrown out of what they are watching.</summary>
    [Range(1, 168, ErrorMessage = "LifeHours takes 1 to 168.")]
    public double LifeHours { get; init; } = 12;

    public TimeSpan LifeFor(double durationSeconds) =>
        TimeSpan.FromSeconds(Math.Max(LifeHours * 3600, durationSeconds + TimeSpan.FromHours(4).TotalSeconds));
}

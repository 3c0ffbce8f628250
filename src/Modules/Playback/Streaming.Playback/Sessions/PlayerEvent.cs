using System.Text.Json.Serialization;

namespace Streaming.Playback.Sessions;

/// <summary>Something that happened in a player.</summary>
/// <param name="Sequence">Counted by the player in its session, one more for each event.</param>
/// <param name="Kind">One of <see cref="PlayerEvents.All"/>.</param>
/// <param name="At">When, by the player's clock; only differences count.</param>
/// <param name="PositionSeconds">Where in the title; absent where the player does not know.</param>
/// <param name="StartupSeconds">From the click to the first picture.</param>
/// <param name="StalledSeconds">With resumed: how long it had stood still; with summary: in the whole session.</param>
/// <param name="Height">Of the rung being shown.</param>
/// <param name="Bandwidth">Of the rung being shown, bits per second; with summary: on average.</param>
/// <param name="DroppedFrames">In the whole session so far.</param>
/// <param name="Message">With error: what went wrong.</param>
internal sealed record PlayerEvent(
    [property: JsonRequired] int Sequence,
    [property: JsonRequired] string Kind,
    [property: JsonRequired] DateTimeOffset At,
    double? PositionSeconds = null,
    double? StartupSeconds = null,
    double? StalledSeconds = null,
    int? Height = null,
    double? Bandwidth = null,
    long? DroppedFrames = null,
    string? Message = null);

/// <summary>The kinds of event, as they stand in requests.</summary>
internal static class PlayerEvents
{
    public const string Started = "started";
    public const string Playing = "playing";
    public const string Paused = "paused";
    public const string Seeked = "seeked";
    public const string Progress = "progress";
    public const string Stalled = "stalled";
    public const string Resumed = "resumed";
    public const string LevelSwitched = "level-switched";
    public const string Ended = "ended";
    public const string Error = "error";
    public const string Summary = "summary";

    public static readonly IReadOnlyList<string> All =
        [Started, Playing, Paused, Seeked, Progress, Stalled, Resumed, LevelSwitched, Ended, Error, Summary];

    /// <summary>Says where the viewer is. The others come at moments when the position means little, such as 0 before the first picture.</summary>
    public static bool Moves(PlayerEvent happened) =>
        happened.Kind == Ended || (happened.PositionSeconds is not null && happened.Kind is Playing or Progress or Paused or Seeked);

    /// <summary>After it the pictures may be running.</summary>
    public static bool MayRunOn(string kind) => kind is Started or Playing or Progress or Resumed or LevelSwitched or Seeked;

    /// <summary>After it nothing may come for a long time.</summary>
    public static bool Rests(string kind) => kind is Paused or Ended or Error or Summary;
}

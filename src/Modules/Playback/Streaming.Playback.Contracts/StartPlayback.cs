using Streaming.Kernel;

namespace Streaming.Playback;

/// <summary>Opens a playback session of the caller's profile. Errors as <c>catalog.playable</c>.</summary>
/// <param name="CommandId">UUIDv7.</param>
/// <param name="TitleId">A film or an episode.</param>
[Contract("playback.start", version: 1, DeadlineMs = 2000, SlowMs = 100), Requires]
public sealed record StartPlayback(Guid CommandId, Guid TitleId) : ICommand<PlaybackSession>;

/// <summary>Everything that a player needs.</summary>
/// <param name="Id">UUIDv7; progress and QoE events are posted to it.</param>
/// <param name="TitleId">The title.</param>
/// <param name="Title">Its name as the player shows it.</param>
/// <param name="Hls">Address of the HLS multivariant playlist, signed.</param>
/// <param name="Dash">Address of the DASH manifest, signed.</param>
/// <param name="Thumbnails">Address of the WebVTT of seek-bar pictures; absent where there are none yet.</param>
/// <param name="PositionSeconds">Where to resume; 0 from the start.</param>
/// <param name="DurationSeconds">Of the whole.</param>
/// <param name="Audio">Tracks.</param>
/// <param name="Subtitles">Tracks.</param>
/// <param name="ExpiresAt">When the addresses stop working.</param>
/// <param name="NextTitleId">The next episode; absent where there is none.</param>
/// <param name="NextTitle">Its name.</param>
public sealed record PlaybackSession(
    Guid Id,
    Guid TitleId,
    string Title,
    string Hls,
    string Dash,
    string? Thumbnails,
    double PositionSeconds,
    double DurationSeconds,
    IReadOnlyList<PlaybackTrack> Audio,
    IReadOnlyList<PlaybackTrack> Subtitles,
    DateTimeOffset ExpiresAt,
    Guid? NextTitleId,
    string? NextTitle);

/// <summary>A track as a menu shows it.</summary>
public sealed record PlaybackTrack(string Language, string Label);

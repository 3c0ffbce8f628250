using Streaming.Kernel;

namespace Streaming.Playback;

/// <summary>What the caller's profile has begun and not finished, latest first.</summary>
/// <param name="Limit">1 to 100.</param>
[Contract("playback.continue-watching", version: 1, DeadlineMs = 500, SlowMs = 40), Requires]
public sealed record GetContinueWatching(int Limit = 20) : IQuery<ProgressList>;

/// <summary>Positions of the caller's profile in these titles, at most 200; titles left within the first 10 s count as not begun and are left out.</summary>
[Contract("playback.progress", version: 1, DeadlineMs = 500, SlowMs = 40), Requires]
public sealed record GetProgress(IReadOnlyList<Guid> TitleIds) : IQuery<ProgressList>;

/// <summary>Positions.</summary>
public sealed record ProgressList(IReadOnlyList<TitleProgress> Items);

/// <summary>How far a profile is in a title.</summary>
/// <param name="TitleId">The title.</param>
/// <param name="PositionSeconds">From the start.</param>
/// <param name="DurationSeconds">Of the whole.</param>
/// <param name="Completed">Seen to within the last 5 %.</param>
/// <param name="At">When last seen.</param>
public sealed record TitleProgress(
    Guid TitleId, double PositionSeconds, double DurationSeconds, bool Completed, DateTimeOffset At);

/// <summary>A profile has watched part of a title; at most one fact a session and batch of events.</summary>
/// <param name="TitleId">The title.</param>
/// <param name="ProfileId">The profile.</param>
/// <param name="SessionId">The session.</param>
/// <param name="WatchedSeconds">Newly watched.</param>
/// <param name="Started">Whether this is the session's first.</param>
/// <param name="Completed">Whether the end has been reached with it.</param>
/// <param name="At">When, by the server's clock.</param>
public sealed record TitleWatched(
    Guid TitleId, Guid ProfileId, Guid SessionId, double WatchedSeconds, bool Started, bool Completed, DateTimeOffset At) : IModuleEvent;

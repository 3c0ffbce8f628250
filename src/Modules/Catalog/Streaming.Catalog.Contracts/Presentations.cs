using Streaming.Kernel;

namespace Streaming.Catalog;

/// <summary>
/// What to play for a title. Not found where the caller may not see it (draft, maturity, availability);
/// conflict <c>catalog:not-playable</c> where nothing can be played yet.
/// </summary>
[Contract("catalog.playable", version: 1, DeadlineMs = 500, SlowMs = 40, Policy = "playback")]
public sealed record GetPlayable(Guid TitleId) : IQuery<Playable>;

/// <summary>The asset behind a title, as a player needs to know it.</summary>
/// <param name="TitleId">The title.</param>
/// <param name="Name">Of the title; for an episode with season and number.</param>
/// <param name="AssetId">The asset; with <paramref name="Revision"/> the folder of everything served.</param>
/// <param name="Revision">From 1; a new encode is a new one and nothing of the old is overwritten.</param>
/// <param name="DurationSeconds">Of the whole source.</param>
/// <param name="Complete">Whether every rung is finished; until then the ladder may still grow.</param>
/// <param name="HasThumbnails">Whether there are sprite sheets.</param>
/// <param name="Audio">Tracks, default first.</param>
/// <param name="Subtitles">Tracks.</param>
/// <param name="NextTitleId">The next episode that the caller may see.</param>
/// <param name="NextName">Its name.</param>
public sealed record Playable(
    Guid TitleId,
    string Name,
    Guid AssetId,
    int Revision,
    double DurationSeconds,
    bool Complete,
    bool HasThumbnails,
    IReadOnlyList<TrackView> Audio,
    IReadOnlyList<TrackView> Subtitles,
    Guid? NextTitleId,
    string? NextName);

/// <summary>
/// The committed rows of a revision, from which playlists are written. Only renditions that have at least one
/// segment; a rendition joins the ladder of a revision when its first segment is committed. Whoever may see the title has been
/// settled before, by what signed the address; so it is asked as the system and never on behalf of a viewer.
/// </summary>
[Contract("catalog.presentation", version: 1, DeadlineMs = 1600, SlowMs = 60, Policy = "playback.manifest"), Requires(Caller.SystemRole)]
public sealed record GetPresentation(Guid AssetId, int Revision) : IQuery<Presentation>;

/// <summary>A revision of an asset, ready to be listed.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Revision">From 1.</param>
/// <param name="DurationSeconds">Of the whole source.</param>
/// <param name="Complete">Whether no more segments or renditions will come.</param>
/// <param name="Video">Lowest rung first.</param>
/// <param name="Audio">Default track first.</param>
/// <param name="Subtitles">Whole WebVTT files.</param>
public sealed record Presentation(
    Guid AssetId,
    int Revision,
    double DurationSeconds,
    bool Complete,
    IReadOnlyList<VideoRendition> Video,
    IReadOnlyList<AudioRendition> Audio,
    IReadOnlyList<SubtitleRendition> Subtitles);

/// <summary>A rung of the ladder.</summary>
/// <param name="Name">Folder name, such as <c>v720</c>.</param>
/// <param name="Codec">RFC 6381, such as <c>avc1.64001F</c>.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="Timescale">Ticks per second of the segments' times.</param>
/// <param name="Complete">Whether all its segments are there.</param>
/// <param name="Segments">In order, without gaps.</param>
public sealed record VideoRendition(
    string Name,
    string Codec,
    int Width,
    int Height,
    double FrameRate,
    int Timescale,
    bool Complete,
    IReadOnlyList<MediaSegment> Segments);

/// <summary>An audio track, shared by all rungs.</summary>
/// <param name="Name">Folder name, such as <c>a0</c>.</param>
/// <param name="Codec">RFC 6381, such as <c>mp4a.40.2</c>.</param>
/// <param name="Language">BCP 47, or <c>und</c>.</param>
/// <param name="Label">For a person; unique among the tracks.</param>
/// <param name="Default">Played unless another is chosen.</param>
/// <param name="Channels">Usually 2.</param>
/// <param name="SampleRate">Hertz.</param>
/// <param name="Timescale">Ticks per second of the segments' times.</param>
/// <param name="Complete">Whether all its segments are there.</param>
/// <param name="Segments">In order, without gaps.</param>
public sealed record AudioRendition(
    string Name,
    string Codec,
    string Language,
    string Label,
    bool Default,
    int Channels,
    int SampleRate,
    int Timescale,
    bool Complete,
    IReadOnlyList<MediaSegment> Segments);

/// <summary>A text track: <c>{Name}.vtt</c>, whole.</summary>
/// <param name="Name">File name without extension, such as <c>s0</c>.</param>
/// <param name="Language">BCP 47, or <c>und</c>.</param>
/// <param name="Label">For a person; unique among the tracks.</param>
/// <param name="Forced">Shown without being asked for.</param>
public sealed record SubtitleRendition(string Name, string Language, string Label, bool Forced);

/// <summary>A committed segment.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Start">Decode time of the first sample, in the rendition's ticks.</param>
/// <param name="Duration">In the rendition's ticks.</param>
/// <param name="SizeBytes">Of the file.</param>
/// <param name="KeyframeSizeBytes">From the file's first byte to the end of the first sample: what an I-frame playlist lists.</param>
public sealed record MediaSegment(int Number, long Start, long Duration, long SizeBytes, long KeyframeSizeBytes);

/// <summary>Where things of a revision are kept in the object store, and named below <c>/m/{token}/</c>.</summary>
public static class MediaKeys
{
    /// <summary>Folder of a revision.</summary>
    public static string Revision(Guid asset, int revision) => $"{asset:N}/{revision}";

    /// <summary>Initialisation segment of a rendition.</summary>
    public static string Init(Guid asset, int revision, string rendition) => $"{asset:N}/{revision}/{rendition}/init.mp4";

    /// <summary>Media segment; numbers have at least five digits.</summary>
    public static string Segment(Guid asset, int revision, string rendition, int number) =>
        $"{asset:N}/{revision}/{rendition}/{number:00000}.m4s";

    /// <summary>A WebVTT file of subtitles.</summary>
    public static string Subtitles(Guid asset, int revision, string name) => $"{asset:N}/{revision}/text/{name}.vtt";

    /// <summary>WebVTT that points into the sprite sheets beside it.</summary>
    public static string Thumbnails(Guid asset, int revision) => $"{asset:N}/{revision}/thumbs/thumbs.vtt";

    /// <summary>A sprite sheet, numbered from 0.</summary>
    public static string Sprite(Guid asset, int revision, int number) => $"{asset:N}/{revision}/thumbs/{number}.jpg";
}

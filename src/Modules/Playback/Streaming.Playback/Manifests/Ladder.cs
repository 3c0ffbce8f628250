using Streaming.Catalog;

namespace Streaming.Playback.Manifests;

/// <summary>Which rungs a manifest lists, and in which order.</summary>
internal static class Ladder
{
    /// <summary>A start at this rate is quick on any line that can play video at all, and better to look at than the lowest rung.</summary>
    private const long ComfortableStart = 1_000_000;

    /// <summary>
    /// Lowest first. A rung that still grows is left out once another is finished: a player that switched up to it would run into
    /// the encoder, and no player takes missing segments as a reason to switch down.
    /// </summary>
    public static IReadOnlyList<VideoRendition> Listed(Presentation presentation)
    {
        var finished = presentation.Video.Where(v => v.Complete).ToList();
        return finished.Count > 0 ? finished : presentation.Video;
    }

    /// <summary>The same with the rung to start with at the head, because players begin with the first one listed.</summary>
    public static IEnumerable<VideoRendition> StartFirst(IReadOnlyList<VideoRendition> listed)
    {
        if (listed.Count == 0) return [];
        var start = listed.LastOrDefault(v => BitRate.Peak(v.Timescale, v.Segments) <= ComfortableStart) ?? listed[0];
        return listed.Where(v => v != start).Prepend(start);
    }
}

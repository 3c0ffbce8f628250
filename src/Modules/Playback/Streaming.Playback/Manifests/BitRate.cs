using Streaming.Catalog;

namespace Streaming.Playback.Manifests;

/// <summary>Bits per second of committed segments, as players are told them.</summary>
internal static class BitRate
{
    /// <summary>
    /// RFC 8216 section 4.1: the largest rate of any run of segments that lasts between half and one and a half target durations,
    /// so that a short last segment alone does not count.
    /// </summary>
    public static long Peak(int timescale, IReadOnlyList<MediaSegment> segments) => Peak(timescale, segments, s => s.SizeBytes);

    /// <summary>The same of the key frames alone.</summary>
    public static long KeyframePeak(int timescale, IReadOnlyList<MediaSegment> segments) => Peak(timescale, segments, s => s.KeyframeSizeBytes);

    public static long Average(int timescale, IReadOnlyList<MediaSegment> segments) =>
        PerSecond(segments.Sum(s => s.SizeBytes), segments.Sum(s => s.Duration), timescale);

    private static long Peak(int timescale, IReadOnlyList<MediaSegment> segments, Func<MediaSegment, long> size)
    {
        var target = (long)HlsMediaPlaylist.TargetDuration(timescale, segments) * timescale;
        long peak = 0;
        for (var first = 0; first < segments.Count; first++)
        {
            long bytes = 0, duration = 0;
            for (var next = first; next < segments.Count && (duration + segments[next].Duration) * 2 <= target * 3; next++)
            {
                bytes += size(segments[next]);
                duration += segments[next].Duration;
                if (duration * 2 >= target) peak = Math.Max(peak, PerSecond(bytes, duration, timescale));
            }
        }

        // Shorter than half a target duration in all: there is nothing but the whole.
        return peak > 0 ? peak : PerSecond(segments.Sum(size), segments.Sum(s => s.Duration), timescale);
    }

    private static long PerSecond(long bytes, long ticks, int timescale) =>
        Math.Max(1, (long)Math.Ceiling(bytes * 8m * timescale / Math.Max(1, ticks)));
}

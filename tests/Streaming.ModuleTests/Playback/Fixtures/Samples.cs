using Streaming.Catalog;

namespace Streaming.ModuleTests.Playback.Fixtures;

/// <summary>Committed rows as an ingest leaves them.</summary>
internal static class Samples
{
    public static readonly Guid Asset = Guid.Parse("0197f3d0-0000-7000-8000-00000000000a");

    /// <summary>22.5 s: five segments of 4 s and one of 2.5 s. While it grows, the rungs have 6, 3 and 0 segments.</summary>
    public static Presentation Film(bool complete = true) => new(
        Asset, 1, 22.5, complete,
        complete ? [Rung(240, 426, 300_000, 6, true), Rung(480, 854, 900_000, 6, true), Rung(720, 1280, 2_500_000, 6, true)] : [Rung(240, 426, 300_000, 3, false)],
        [Track("a0", "en", "English", true, complete ? 6 : 3, complete), Track("a1", "de", "Deutsch", false, complete ? 6 : 3, complete)],
        [new SubtitleRendition("s0", "en", "English", false), new SubtitleRendition("s1", "en", "English (forced)", true)]);

    public static VideoRendition Rung(int height, int width, int bitsPerSecond, int segments, bool complete) => new(
        $"v{height}", "avc1.64001F", width, height, 24, 12_288, complete, Segments(segments, 12_288, bitsPerSecond));

    public static AudioRendition Track(string name, string language, string label, bool main, int segments, bool complete) => new(
        name, "mp4a.40.2", language, label, main, 2, 48_000, 48_000, complete, Segments(segments, 48_000, 128_000));

    private static List<MediaSegment> Segments(int count, int timescale, int bitsPerSecond)
    {
        var segments = new List<MediaSegment>();
        long start = 0;
        for (var number = 0; number < count; number++)
        {
            var duration = number == 5 ? timescale * 5L / 2 : timescale * 4L;
            var bytes = duration * bitsPerSecond / 8 / timescale * (number == 2 ? 3 : 2) / 2; // the third is the heaviest
            segments.Add(new MediaSegment(number, start, duration, bytes, bytes / 10));
            start += duration;
        }

        return segments;
    }
}

namespace Streaming.Catalog.Media;

/// <summary>One rendition to encode: its size, and capped CRF as the per-title mechanism.</summary>
/// <param name="Name">Unique in a ladder, and a folder's name: <c>v720</c> is 1280 pixels on the longer side, whatever the shape.</param>
/// <param name="MaxRateKbps">The cap; the buffer is twice that.</param>
internal sealed record Rung(string Name, int Width, int Height, int Crf, int MaxRateKbps);

/// <summary>Which sizes a film is encoded in: width classes up to the source's own, never above it.</summary>
internal static class Ladder
{
    private const double TopMargin = 1.10;
    private const double HighFrameRateFactor = 1.5;
    private const double WorthItsSpace = 1.3;

    private static readonly (int Long, int Crf, int MaxRateKbps)[] Classes =
    [
        (426, 23, 400), (640, 23, 800), (854, 22, 1400), (1280, 22, 2800), (1920, 21, 5000), (2560, 21, 9000), (3840, 21, 16000),
    ];

    /// <summary>From the lowest rung to the highest; there is always one.</summary>
    public static IReadOnlyList<Rung> For(VideoTrack video) => For(video.Width, video.Height, video.FrameRate);

    public static IReadOnlyList<Rung> For(int width, int height, FrameRate rate)
    {
        var (longer, shorter) = width >= height ? (width, height) : (height, width);
        var factor = rate.Value > 30.001 ? HighFrameRateFactor : 1;

        var sides = Classes.Select(c => c.Long).Where(side => side <= longer).ToList();
        // A source larger than 4K is brought down to it; any other keeps its own size when no class comes close.
        if (sides.Count == 0 || (longer <= Classes[^1].Long && longer > sides[^1] * TopMargin)) sides.Add(longer);

        return [.. sides.Select(side =>
        {
            var (crf, cap) = Quality(side);
            var (l, s) = (Even(side, longer), Even((double)side * shorter / longer, shorter));
            return new Rung(
                $"v{2 * (int)Math.Round(side * 9 / 32d)}", width >= height ? l : s, width >= height ? s : l, crf, (int)Math.Round(cap * factor));
        })];
    }

    /// <summary>Leaves out middle rungs that turned out hardly larger than the one below: a switch to them would change nothing.</summary>
    /// <param name="averageBps">By rung name, as encoded.</param>
    public static IReadOnlyList<Rung> Prune(IReadOnlyList<Rung> rungs, IReadOnlyDictionary<string, double> averageBps)
    {
        var kept = new List<Rung>();
        for (var i = 0; i < rungs.Count; i++)
        {
            var isEnd = i == 0 || i == rungs.Count - 1;
            if (isEnd || averageBps[rungs[i].Name] >= WorthItsSpace * averageBps[kept[^1].Name]) kept.Add(rungs[i]);
        }
        return kept;
    }

    private static (int Crf, int MaxRateKbps) Quality(int side)
    {
        var above = Array.FindIndex(Classes, c => c.Long >= side);
        if (above <= 0) return (Classes[0].Crf, Classes[0].MaxRateKbps);
        var (low, high) = (Classes[above - 1], Classes[above]);
        var share = (double)(side - low.Long) / (high.Long - low.Long);
        return (high.Crf, (int)Math.Round(low.MaxRateKbps + share * (high.MaxRateKbps - low.MaxRateKbps)));
    }

    private static int Even(double length, int source) =>
        Math.Max(2, Math.Min(2 * (int)Math.Round(length / 2, MidpointRounding.AwayFromZero), source - source % 2));
}

using System.Globalization;

namespace Streaming.Catalog.Media;

/// <summary>Frames per second as a fraction, because 29.97 is 30000/1001 and nothing else.</summary>
internal readonly record struct FrameRate(int Numerator, int Denominator)
{
    public const double Highest = 60;

    private static readonly FrameRate[] Standard =
    [
        new(24000, 1001), new(24, 1), new(25, 1), new(30000, 1001), new(30, 1), new(48, 1), new(50, 1), new(60000, 1001), new(60, 1),
        new(12, 1), new(15000, 1001), new(15, 1), new(10, 1), new(20, 1),
    ];

    public double Value => (double)Numerator / Denominator;

    /// <summary>Frames of a two-second group of pictures, to the nearest whole frame.</summary>
    public int GroupFrames => Math.Max(1, (int)Math.Round(2 * Value));

    /// <summary>Two groups of pictures make a segment, so every rung cuts at the same frames.</summary>
    public int SegmentFrames => 2 * GroupFrames;

    public double SegmentSeconds => Seconds(SegmentFrames);

    public double Seconds(long frames) => (double)frames * Denominator / Numerator;

    public static FrameRate? Parse(string? text)
    {
        if (text?.Split('/') is not [var n, var d]) return null;
        return int.TryParse(n, CultureInfo.InvariantCulture, out var num) && int.TryParse(d, CultureInfo.InvariantCulture, out var den) && num > 0 && den > 0
            ? new FrameRate(num, den)
            : null;
    }

    /// <summary>The standard rate that a measured one stands for, or the measured one to a thousandth.</summary>
    public static FrameRate Nearest(double measured)
    {
        var nearest = Standard.MinBy(s => Math.Abs(s.Value - measured));
        return Math.Abs(nearest.Value - measured) < 0.01 * measured ? nearest : new FrameRate((int)Math.Round(measured * 1000), 1000);
    }

    /// <summary>Above 60 every second, third… frame is kept, so motion stays even.</summary>
    public FrameRate Capped()
    {
        var keep = (int)Math.Ceiling(Value / Highest - 1e-9);
        return keep <= 1 ? this : new FrameRate(Numerator, checked(Denominator * keep));
    }

    public override string ToString() => FormattableString.Invariant($"{Numerator}/{Denominator}");
}

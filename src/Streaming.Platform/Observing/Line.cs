namespace Streaming.Platform.Observing;

/// <summary>One line of a chart: a value a second for a quarter of an hour, and one every ten seconds for six hours. 12 KiB.</summary>
public abstract class Line
{
    private readonly float[] _fine = New(Recorder.FineSlots);
    private readonly float[] _coarse = New(Recorder.CoarseSlots);

    private protected Line(string name) => Name = name;

    /// <summary>By what it is asked for, such as <c>latency.p99</c>.</summary>
    public string Name { get; }

    /// <summary>The newest value; absent where nothing is known.</summary>
    public double? Latest { get; private set; }

    /// <summary>Of the newest ten seconds, as far as they have passed.</summary>
    internal double? LatestTen { get; private set; }

    /// <summary>What counts since the start, as so many a second.</summary>
    public static Line Rate(string name, Func<double> count) => new RateLine(name, count);

    /// <summary>What is so much now; not a number where nothing is known.</summary>
    public static Line Gauge(string name, Func<double> value) => new GaugeLine(name, value);

    /// <summary>A percentile of what took place within the second, in milliseconds.</summary>
    public static Line Percentile(string name, Distribution distribution, double percent) => new PercentileLine(name, distribution, percent);

    internal void Read(long second, double elapsed)
    {
        var value = Value(elapsed);
        _fine[second % Recorder.FineSlots] = (float)value;
        Latest = double.IsFinite(value) ? value : null;
    }

    /// <summary>What cannot be read is a gap, and no end of the recording.</summary>
    private double Value(double elapsed)
    {
        try
        {
            return Second(elapsed);
        }
        catch (Exception)
        {
            return double.NaN;
        }
    }

    internal void Fill(long missed, bool withLatest) => _fine[missed % Recorder.FineSlots] = withLatest ? (float)(Latest ?? double.NaN) : float.NaN;

    internal void Close(long ten)
    {
        var value = Ten(ten);
        _coarse[ten % Recorder.CoarseSlots] = (float)value;
        LatestTen = double.IsFinite(value) ? value : null;
    }

    internal void SkipTen(long ten) => _coarse[ten % Recorder.CoarseSlots] = float.NaN;

    internal float At(long slot, bool isFine) => isFine ? _fine[slot % Recorder.FineSlots] : _coarse[slot % Recorder.CoarseSlots];

    private protected abstract double Second(double elapsed);

    /// <summary>Of ten seconds: their mean, of those of which something is known.</summary>
    private protected virtual double Ten(long ten)
    {
        var (sum, known) = (0d, 0);
        for (var second = ten * Recorder.Coarse; second < (ten + 1) * Recorder.Coarse; second++)
        {
            var value = _fine[second % Recorder.FineSlots];
            if (float.IsNaN(value)) continue;
            sum += value;
            known++;
        }

        return known == 0 ? double.NaN : sum / known;
    }

    private static float[] New(int slots)
    {
        var values = new float[slots];
        Array.Fill(values, float.NaN);
        return values;
    }

    private sealed class RateLine(string name, Func<double> count) : Line(name)
    {
        private double _before = count();

        private protected override double Second(double elapsed)
        {
            var now = count();
            var rate = Math.Max(0, now - _before) / elapsed;
            _before = now;
            return rate;
        }
    }

    private sealed class GaugeLine(string name, Func<double> value) : Line(name)
    {
        private protected override double Second(double elapsed) => value();
    }

    private sealed class PercentileLine(string name, Distribution distribution, double percent) : Line(name)
    {
        private protected override double Second(double elapsed) => distribution.Second(percent);

        private protected override double Ten(long ten) => distribution.Ten(percent);
    }
}

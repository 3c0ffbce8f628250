namespace Streaming.ModuleTests.Fixtures;

/// <summary>Ranks as viewers choose: the one at place k as often as 1 / (k + 1)^exponent.</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulative;
    private readonly Random _random;

    public Zipf(int count, double exponent, int seed)
    {
        _random = new Random(seed);
        _cumulative = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++) _cumulative[i] = sum += 1 / Math.Pow(i + 1, exponent);
    }

    public int Next()
    {
        var at = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(at < 0 ? ~at : at, _cumulative.Length - 1);
    }
}

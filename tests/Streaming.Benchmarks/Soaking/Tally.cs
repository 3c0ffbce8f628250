namespace Streaming.Benchmarks.Soaking;

/// <summary>What became of the requests that were sent in one phase.</summary>
internal sealed class Tally(string phase)
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);

    public string Phase { get; } = phase;

    public int Requests { get; private set; }

    /// <summary>Requests that were not made, because the program that makes them stood still itself.</summary>
    public int NotMade { get; private set; }

    public int Failed => _failures.Values.Sum();

    public double Availability => Requests == 0 ? 100 : 100.0 * (Requests - Failed) / Requests;

    /// <summary>Such as <c>start 504 × 3</c>.</summary>
    public string Failures => string.Join(", ", _failures.Select(f => $"{f.Key} × {f.Value}"));

    /// <param name="failure">Absent where it was answered well.</param>
    /// <param name="milliseconds">To the last byte of the answer.</param>
    public void Add(string? failure, double milliseconds)
    {
        lock (_gate)
        {
            Requests++;
            _milliseconds.Add(milliseconds);
            if (failure is not null) _failures[failure] = _failures.GetValueOrDefault(failure) + 1;
        }
    }

    public void Missed(int requests)
    {
        lock (_gate) NotMade += requests;
    }

    public double Percentile(double percent) => _milliseconds.Count == 0 ? 0 : Samples.Percentile(_milliseconds, percent);
}

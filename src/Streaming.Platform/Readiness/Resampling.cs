namespace Streaming.Platform.Readiness;

/// <summary>
/// What round trips one after another come to, by drawing from those that were measured (the bootstrap; Efron, 1979): that two calls in a
/// row are both the slowest of a hundred is rarer than that one is, so their 99th percentiles do not add up.
/// </summary>
internal static class Resampling
{
    private const int Draws = 1000;
    private const int Seed = 20260105;

    /// <summary>Median and 99th percentile of what is added to a request, in milliseconds; null where nothing is known.</summary>
    /// <param name="calls">Of recorded requests, how many calls wait for one another.</param>
    /// <param name="codecUs">And what their codec takes, in microseconds, at the same places.</param>
    /// <param name="roundTripsMs">What was measured.</param>
    public static (double P50Ms, double P99Ms)? Added(ReadOnlySpan<float> calls, ReadOnlySpan<float> codecUs, ReadOnlySpan<float> roundTripsMs)
    {
        if (calls.IsEmpty || roundTripsMs.IsEmpty) return null;
        // The same figures give the same answer.
        var random = new Random(Seed);
        Span<double> sums = stackalloc double[Draws];
        foreach (ref var sum in sums)
        {
            var request = random.Next(calls.Length);
            sum = codecUs[request] / 1000.0;
            for (var i = 0; i < calls[request]; i++) sum += roundTripsMs[random.Next(roundTripsMs.Length)];
        }

        sums.Sort();
        return (Math.Round(sums[(Draws / 2) - 1], 3), Math.Round(sums[(Draws * 99 / 100) - 1], 3));
    }
}

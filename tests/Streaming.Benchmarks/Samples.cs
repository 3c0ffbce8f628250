using System.Diagnostics;

namespace Streaming.Benchmarks;

internal static class Samples
{
    /// <summary>
    /// Nanoseconds a call of each of two things: the median of many short batches, taken in turns, so that a busy moment of the
    /// machine falls on both.
    /// </summary>
    public static async Task<(double Ours, double Peer)> InTurns(Func<Task> ours, Func<Task> peer, int batches, int callsPerBatch)
    {
        var timesOfOurs = new double[batches];
        var timesOfPeer = new double[batches];
        for (var warmUp = 0; warmUp < batches / 4; warmUp++)
        {
            await Batch(ours, callsPerBatch);
            await Batch(peer, callsPerBatch);
        }

        for (var i = 0; i < batches; i++)
        {
            timesOfOurs[i] = await Batch(ours, callsPerBatch);
            timesOfPeer[i] = await Batch(peer, callsPerBatch);
        }

        return (Percentile(timesOfOurs, 50), Percentile(timesOfPeer, 50));
    }

    /// <summary>The nearest-rank percentile; 0 to 100.</summary>
    public static double Percentile(IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
    }

    private static async Task<double> Batch(Func<Task> call, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++) await call();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }
}

using System.Diagnostics;

namespace Streaming.Benchmarks.Running;

/// <summary>Tells on the error stream what a bench is at, and since when: some take minutes.</summary>
internal static class Step
{
    private static readonly long _begun = Stopwatch.GetTimestamp();

    public static void Say(string what) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(_begun).TotalSeconds,6:0.0} s  {what}");
}

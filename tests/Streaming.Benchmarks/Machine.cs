using System.Runtime.InteropServices;

namespace Streaming.Benchmarks;

internal static class Machine
{
    /// <summary>Processor, cores, memory, system and runtime on one line: a number means nothing without them.</summary>
    public static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0.#} GiB, "
        + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor"
            : RuntimeInformation.ProcessArchitecture.ToString();
}

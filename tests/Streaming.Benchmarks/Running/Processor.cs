using System.Globalization;

namespace Streaming.Benchmarks.Running;

/// <summary>Processor time and memory as the kernel counts them.</summary>
internal static class Processor
{
    // USER_HZ, which is 100 wherever Linux runs .NET.
    private const double TicksPerSecond = 100;

    /// <summary>Seconds that a process and its ended children have used.</summary>
    public static double Seconds(int process) => Ticks($"/proc/{process}/stat", 14, 15, 16, 17);

    /// <summary>Seconds that the ended children of this process have used.</summary>
    public static double SecondsOfChildren() => Ticks("/proc/self/stat", 16, 17);

    /// <summary>Processes that a process has started and that still run.</summary>
    public static IEnumerable<int> ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>Resident memory of a process in MiB.</summary>
    public static double MemoryMiB(int process) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture) / 1024;

    private static double Ticks(string file, params int[] fields)
    {
        // The second field is the program's name in brackets, which may hold blanks itself.
        var stat = File.ReadAllText(file);
        var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Sum(field => long.Parse(rest[field - 3], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}

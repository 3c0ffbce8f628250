using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Streaming.Catalog.Ingests;

/// <summary>The name of a host in leases: machine, process, its start and, for several hosts in one process, a number of its own.</summary>
internal sealed class IngestOwner(TimeProvider clock)
{
    public string Name { get; } = MakeName(clock);

    /// <summary>Whether the host of that name is known to be gone: a process of this machine that has ended. Of other machines one cannot know.</summary>
    public static bool IsGone(string name)
    {
        if (name.Split('/') is not [var machine, var id, var started, _] || machine != Environment.MachineName) return false;
        try
        {
            using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            return Math.Abs(Started(process) - long.Parse(started, CultureInfo.InvariantCulture)) > 2;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception or FormatException)
        {
            return true;
        }
    }

    public static bool IsOfThisMachine(string name) => name.StartsWith(Environment.MachineName + "/", StringComparison.Ordinal);

    private static string MakeName(TimeProvider clock)
    {
        using var self = Process.GetCurrentProcess();
        return FormattableString.Invariant($"{Environment.MachineName}/{self.Id}/{Started(self)}/{Guid.CreateVersion7(clock.GetUtcNow()):N}");
    }

    private static long Started(Process process) => new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();
}

using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Outbox;
using Streaming.Platform.Storage;
using Streaming.Web.Shared;

namespace Streaming.Web.Operations;

/// <summary>What is true of this process now.</summary>
internal sealed class HostFacts(
    HealthCheckService health, ModuleSet modules, DialSettings dial, OutboxBacklog outbox, DataOptions data, IObjectStore store, TimeProvider clock)
{
    public Task<HealthReport> Health(CancellationToken ct) => health.CheckHealthAsync(ct);

    /// <summary>What a check stands for while it has nothing to complain of.</summary>
    public string? WellAs(string check) => check switch
    {
        "database" => "Every module's tables are there and up to date",
        "disk" => Free,
        "encoder" => "ffmpeg is there",
        "events" => "None is parked",
        _ => null,
    };

    public async Task<IReadOnlyList<ModuleFacts>> Modules(CancellationToken ct)
    {
        var backlogs = (await outbox.Count(ct)).ToDictionary(b => b.Module);
        return [.. modules.Modules.Select(m => new ModuleFacts(m.Name, dial.ModeOf(m.Name), backlogs.GetValueOrDefault(m.Name)))];
    }

    public IEnumerable<(string Name, string Value)> Lines()
    {
        using var process = Process.GetCurrentProcess();
        yield return ("Version", typeof(HostFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");
        yield return ("Running for", Words.Duration((clock.GetUtcNow() - process.StartTime.ToUniversalTime()).TotalSeconds));
        yield return ("Memory", Words.Bytes(process.WorkingSet64));
        yield return ("Database", data.Postgres is null ? "SQLite, a file a module" : "PostgreSQL, a schema a module");
        yield return ("Data folder", data.Folder);
        yield return ("Runtime", $"{RuntimeInformation.FrameworkDescription} on {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)} processors");
    }

    private string Free => store.FreeBytes == long.MaxValue ? "room unknown" : $"{Words.Bytes(store.FreeBytes)} free";
}

/// <summary>A module as this host runs it.</summary>
/// <param name="Backlog">Absent for a module without data.</param>
internal sealed record ModuleFacts(string Name, DialMode Mode, ModuleBacklog? Backlog);

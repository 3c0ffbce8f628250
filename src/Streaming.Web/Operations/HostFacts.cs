using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Streaming.Platform.Data;
using Streaming.Platform.Observing;
using Streaming.Platform.Storage;
using Streaming.Web.Shared;

namespace Streaming.Web.Operations;

/// <summary>What is true of this process for as long as it runs, or nearly.</summary>
internal sealed class HostFacts(DataOptions data, IObjectStore store, Recorder recorder, TimeProvider clock)
{
    public IEnumerable<(string Name, string Value)> Lines()
    {
        yield return ("Version", typeof(HostFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");
        yield return ("Running for", Words.Duration(clock.GetUtcNow().ToUnixTimeSeconds() - recorder.Began));
        yield return ("Database", data.Postgres is null ? "SQLite, a file a module" : "PostgreSQL, a schema a module");
        yield return ("Data folder", data.Folder);
        yield return ("Room for media", store.FreeBytes == long.MaxValue ? "unknown" : $"{Words.Bytes(store.FreeBytes)} free");
        yield return ("Runtime", $"{RuntimeInformation.FrameworkDescription} on {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)} processors");
    }
}

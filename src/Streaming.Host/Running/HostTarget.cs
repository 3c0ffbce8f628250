using System.Net.Http.Headers;
using Streaming.Host.Composition;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Ingesting;

/// <summary>The host that files go to: one that was named, the one that runs on the data folder, or one started for the purpose.</summary>
internal sealed class IngestTarget : IAsyncDisposable
{
    private const string TokenVariable = "STREAMING_TOKEN";

    private readonly RunningHost? _own;

    private IngestTarget(Uri url, string key, RunningHost? own)
    {
        _own = own;
        // No overall time limit: an upload takes as long as it takes, and a dead connection shows by itself.
        Http = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http { get; }

    public static async Task<IngestTarget> Open(Dictionary<string, string?> settings, string? server, CancellationToken ct)
    {
        var folder = DataOptions.From(StreamingConfiguration.Build(settings)).Folder;
        if (server is not null)
        {
            if (!Uri.TryCreate(server, UriKind.Absolute, out var named)) throw new StartFailure($"--server {server} is not an address; write it as http://host:8080.");
            // The key of this folder's host makes whoever has it an operator there: no other host is ever sent it.
            var key = Environment.GetEnvironmentVariable(TokenVariable) ?? (FolderLock.Running(folder) == named ? await LocalKey(folder, ct) : null);
            return new IngestTarget(named, key ?? throw new StartFailure($"Set {TokenVariable} to the access token of a publisher on {named}."), null);
        }

        if (FolderLock.Running(folder) is { } running)
            return new IngestTarget(running, await LocalKey(folder, ct) ?? throw new StartFailure($"The key of the host that runs on {folder} cannot be read. Run this as the same user."), null);

        await Console.Error.WriteLineAsync($"No host runs on {folder}; taking the files in there without one. For a running host name its folder (--data) or address (--server).");
        settings["urls"] = "http://127.0.0.1:0";
        settings["telemetry:metrics"] = "off";
        settings["logging:loglevel:default"] = "Error";
        var own = await RunningHost.Start(settings, ct);
        return new IngestTarget(own.Url, (await LocalKey(folder, ct))!, own);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_own is not null) await _own.DisposeAsync();
    }

    private static async Task<string?> LocalKey(string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, "keys", "operator.key");
        return File.Exists(file) ? (await File.ReadAllTextAsync(file, ct)).Trim() : null;
    }
}

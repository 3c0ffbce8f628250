using System.Net.Http.Headers;
using Streaming.Host.Composition;
using Streaming.Platform.Data;

namespace Streaming.Host.Running;

/// <summary>The host that a command talks to: one that was named, the one that runs on the data folder, or one started for the purpose.</summary>
internal sealed class HostTarget : IAsyncDisposable
{
    private const string TokenVariable = "STREAMING_TOKEN";

    private readonly RunningHost? _own;

    private HostTarget(Uri url, string key, RunningHost? own)
    {
        _own = own;
        // No overall time limit: an upload takes as long as it takes, and a dead connection shows by itself.
        Http = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http { get; }

    public static async Task<HostTarget> Open(Dictionary<string, string?> settings, string? server, CancellationToken ct)
    {
        var folder = DataOptions.From(StreamingConfiguration.Build(settings)).Folder;
        if (server is not null)
        {
            if (!Uri.TryCreate(server, UriKind.Absolute, out var named)) throw new StartFailure($"--server {server} is not an address; write it as http://host:8080.");
            // The key of this folder's host makes whoever has it an operator there: no other host is ever sent it.
            var key = Environment.GetEnvironmentVariable(TokenVariable) ?? (FolderLock.Running(folder) == named ? await LocalKey(folder, ct) : null);
            return new HostTarget(named, key ?? throw new StartFailure($"Set {TokenVariable} to the access token of somebody who may do this on {named}."), null);
        }

        if (FolderLock.Running(folder) is { } running)
            return new HostTarget(running, await LocalKey(folder, ct) ?? throw new StartFailure($"The key of the host that runs on {folder} cannot be read. Run this as the same user."), null);

        await Console.Error.WriteLineAsync($"No host runs on {folder}; starting one for as long as it takes. For a running host name its folder (--data) or address (--server).");
        settings["urls"] = "http://127.0.0.1:0";
        settings["telemetry:metrics"] = "off";
        settings["logging:loglevel:default"] = "Error";
        var own = await RunningHost.Start(settings, ct);
        return new HostTarget(own.Url, (await LocalKey(folder, ct))!, own);
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

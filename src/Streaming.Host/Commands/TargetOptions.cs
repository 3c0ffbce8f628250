using System.CommandLine;
using System.Text.Json;
using Streaming.Host.Composition;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary>Options of the verbs that talk to a running host, or to one of their own for as long as it takes.</summary>
internal sealed class TargetOptions
{
    private readonly HostOptions _host = new();

    private readonly Option<string?> _server = new("--server")
    {
        Description = "Address of a running host; the key is read from STREAMING_TOKEN. Default: the host of the data folder",
        HelpName = "url",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        _host.AddTo(command);
    }

    public async Task<int> Use(ParseResult parsed, Func<HttpClient, Task<int>> act, CancellationToken ct)
    {
        try
        {
            var settings = _host.Settings(parsed);
            var server = parsed.GetValue(_server);
            var folder = DataOptions.From(StreamingConfiguration.Build(settings)).Folder;
            // Otherwise a mistyped folder would become a new installation.
            if (server is null && !Directory.Exists(folder)) throw new StartFailure($"There is no data folder {folder}. Name the installation's with --data, or its address with --server.");
            await using var target = await HostTarget.Open(settings, server, ct);
            return await act(target.Http);
        }
        catch (Exception failure) when (failure is StartFailure or HttpRequestException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCodes.Failed;
        }
    }
}

internal static class HostAnswers
{
    /// <summary>The answer, or what the host says is wrong.</summary>
    /// <exception cref="StartFailure">The host refused; the message is its own.</exception>
    public static async Task<T> ReadOrTell<T>(this HttpResponseMessage answer, CancellationToken ct)
    {
        await answer.Check(ct);
        return (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, ct))!;
    }

    /// <exception cref="StartFailure">The host refused; the message is its own.</exception>
    public static async Task Check(this HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode) return;
        var detail = answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("detail").GetString()
            : null;
        throw new StartFailure(detail ?? $"The host answered {(int)answer.StatusCode}.");
    }
}

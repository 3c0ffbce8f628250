using System.Net;
using System.Text.Json;
using Streaming.Host.Commands;
using Streaming.Host.Rehearsing;

namespace Streaming.Host.Handovers;

/// <summary>Asks the host on a data folder to hand over to another build, and waits until that serves alone.</summary>
internal sealed class HandoverRequest(HttpClient host, string folder, OtherBinary binary)
{
    private const string Resource = "/api/operations/handover";
    private const int Sure = 5;
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    /// <summary>Whether the other build has taken over.</summary>
    public bool IsDone { get; private set; }

    public async Task<(Verdict, string)> Run(CancellationToken ct)
    {
        var ticket = await HandoverTicket.Leave(folder, binary.Path, ct);
        using var asked = await host.PostAsJsonAsync(Resource, new { ticket }, ct);
        var before = Process(await asked.ReadOrTell<JsonElement>(ct));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_patience);
        try
        {
            // While both take connections either may answer.
            for (var sure = 0; sure < Sure; await Task.Delay(_beat, limit.Token))
            {
                if (await Look(limit.Token) is not { } now) continue;
                if (Process(now) != before) sure++;
                else if (now.GetProperty("state").GetString() == "failed") return (Verdict.NotReady, now.GetProperty("reason").GetString() ?? "");
                else sure = 0;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (Verdict.NotReady, $"The host has not handed over within {_patience.TotalMinutes:0} minutes. What it says is in its output.");
        }

        IsDone = true;
        return (Verdict.Ready, $"Version {binary.Version} serves.");
    }

    private async Task<JsonElement?> Look(CancellationToken ct)
    {
        // Each time a new connection: one that is kept would always lead to the same process.
        using var question = new HttpRequestMessage(HttpMethod.Get, Resource) { Headers = { ConnectionClose = true } };
        try
        {
            using var answer = await host.SendAsync(question, ct);
            return answer.StatusCode == HttpStatusCode.OK ? await answer.ReadOrTell<JsonElement>(ct) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string Process(JsonElement view) => view.GetProperty("process").GetString() ?? "";
}

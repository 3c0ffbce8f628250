using Streaming.Host.Running;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>How an instance makes sure, before it begins, that it stands beside the host that was meant.</summary>
internal sealed class HostGreeting(HostIdentity self, GatewayProof proof)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <exception cref="StartFailure">No host of this installation answers there; the message says what to do.</exception>
    public async Task Meet(string address, CancellationToken ct)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var host) || host.Scheme is not ("http" or "https"))
            throw new StartFailure($"--host {address} is not an address; write it as http://127.0.0.1:8080.");
        using var http = new HttpClient(Wires.Make()) { Timeout = _patience };
        using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(host, "/health/live"));
        question.Headers.Add(ForwardedRequest.By, self.Id);
        question.Headers.Add(GatewayProof.Header, proof.Current);
        try
        {
            using var answer = await http.SendAsync(question, ct);
            if (!answer.Headers.TryGetValues(ForwardedRequest.Receiver, out var receivers) || proof.Maker(receivers.First()) is null)
                throw new StartFailure($"What answers at {address} is no host of this installation. Give the instance the same data: --data FOLDER, and --postgres where the host has it.");
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new StartFailure($"No host answers at {address}: {failure.Message} Start it first, or leave out --host.", failure);
        }
    }
}

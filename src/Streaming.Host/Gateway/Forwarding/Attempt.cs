using System.Net;
using Polly.CircuitBreaker;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>One sending of a request to one instance, through the instance's circuit.</summary>
internal sealed class Attempt : IDisposable
{
    private readonly Send _wire;
    private readonly HttpRequestMessage _request;
    private readonly Hop _hop;
    private readonly CancellationToken _client;
    private readonly CancellationTokenSource _end;
    private volatile bool _isOutrun;

    private Attempt(Send wire, Instance instance, HttpRequestMessage request, Hop hop, CancellationToken client, CancellationToken limit)
    {
        (_wire, Instance, _request, _hop, _client) = (wire, instance, request, hop, client);
        // What an instance that is put out is still doing for a change may yet come back; a question is asked elsewhere.
        _end = CancellationTokenSource.CreateLinkedTokenSource(client, limit, hop.IsReplayable ? instance.Lost : CancellationToken.None);
        Answer = Run();
    }

    /// <summary>Over the connections to instances.</summary>
    public delegate Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken);

    public Instance Instance { get; }

    /// <summary>The answer, of which the beginning is here; null where it failed. It never throws.</summary>
    public Task<HttpResponseMessage?> Answer { get; }

    /// <summary>Begins it.</summary>
    public static Attempt Start(Send wire, Instance instance, HttpRequestMessage request, Hop hop, CancellationToken client, CancellationToken limit) =>
        new(wire, instance, request, hop, client, limit);

    /// <summary>Nobody waits for it any more.</summary>
    /// <param name="isOutrun">Another has answered: being slower than that is no failure.</param>
    public async Task GiveUp(bool isOutrun)
    {
        _isOutrun = isOutrun;
        await _end.CancelAsync();
        (await Answer)?.Dispose();
    }

    public void Dispose() => _end.Dispose();

    private async Task<HttpResponseMessage?> Run()
    {
        Instance.Begin();
        try
        {
            var outcome = await Instance.Dependency.Try(static (attempt, ct) => attempt.Sent(ct), this, _end.Token);
            if (outcome.Exception is null) return outcome.Result;
            Instance.Judge(outcome.Exception is BrokenCircuitException ? "its circuit is open" : outcome.Exception.Message);
            return null;
        }
        finally
        {
            Instance.End();
        }
    }

    private async ValueTask<HttpResponseMessage> Sent(CancellationToken ct)
    {
        try
        {
            var answer = await _wire(Copy(), ct);
            if (_hop.IsRepeatable && answer.StatusCode >= HttpStatusCode.InternalServerError)
            {
                // This host may be able to, on the same tables.
                _hop.HasFaulted = true;
                answer.Dispose();
                throw new InstanceFault($"it answered {(int)answer.StatusCode}");
            }

            if (!_hop.IsReplayable || !IsBroken(answer)) return await AnswerStart.Read(answer, _request.Method, ct);
            answer.Dispose();
            throw new InstanceFault($"it answered {(int)answer.StatusCode}");
        }
        catch (OperationCanceledException) when (!_isOutrun && !_client.IsCancellationRequested)
        {
            throw new InstanceFault("it did not answer in time");
        }
    }

    /// <summary>A message can be sent once, and each goes to another address.</summary>
    private HttpRequestMessage Copy()
    {
        var copy = new HttpRequestMessage(_request.Method, new Uri(Instance.At.Address.GetLeftPart(UriPartial.Authority) + _request.RequestUri!.PathAndQuery))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, values) in _request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        // Over TLS the name there decides which certificate is expected and which connections are kept: that is not the client's to say.
        if (Instance.At.Address.Scheme == Uri.UriSchemeHttps) copy.Headers.Host = null;
        if (!_hop.IsReplayable) copy.Content = new HopContent(_hop, _request.Content?.Headers);
        return copy;
    }

    /// <summary>Something between here and the instance says that it is not there. A 503 that names a time is an answer: work that was shed must not be sent again.</summary>
    private static bool IsBroken(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.BadGateway || (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is null);
}

using System.Net;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// Asks every instance once a second whether it lives, and whether it is of the same installation: one with other keys would know nobody's
/// cookie, would count all clients as one, and might send requests on. A question that is not answered is asked again at once, so that a
/// dead instance is out within two seconds.
/// </summary>
internal sealed class InstanceProbes(InstanceSet instances, GatewaySettings settings, HostIdentity host, GatewayProof proof, TimeProvider clock) : BackgroundService
{
    private const string OfAnother = "it is of another installation: its keys are not this host's, so it would know nobody who is signed in here; give both the same data:postgres, or the same folder";

    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    private readonly HttpMessageInvoker _wire = new(Wires.Make());

    public override void Dispose()
    {
        _wire.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_beat, clock);
        do
        {
            if (!instances.IsEmpty) await Task.WhenAll(instances.All.Select(i => Probe(i, stoppingToken)));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Probe(Instance instance, CancellationToken ct)
    {
        for (var i = 0; i < 2; i++)
        {
            if (await Fault(instance, ct) is not { } fault) return;
            instance.Missed(fault);
        }
    }

    /// <summary>Why it has not answered well; null where it has, or where its answer has been judged already.</summary>
    private async Task<string?> Fault(Instance instance, CancellationToken ct)
    {
        var patience = settings.Current.Forwarding.ProbeTimeout;
        using var limit = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(instance.At.Address, "/health/live"));
            question.Headers.Add(ForwardedRequest.By, host.Id);
            question.Headers.Add(GatewayProof.Header, proof.Current);
            using var answer = await _wire.SendAsync(question, both.Token);
            if (answer.StatusCode != HttpStatusCode.OK) return $"its /health/live answers {(int)answer.StatusCode}";
            if (Unfit(answer) is { } reason) instance.Unfit(reason);
            else await instance.Answered();
            return null;
        }
        catch (OperationCanceledException)
        {
            return ct.IsCancellationRequested ? null : $"its /health/live did not answer within {patience.TotalMilliseconds:0} ms";
        }
        catch (HttpRequestException failure)
        {
            return failure.Message;
        }
    }

    private string? Unfit(HttpResponseMessage answer)
    {
        var receiver = answer.Headers.TryGetValues(ForwardedRequest.Receiver, out var receivers) ? proof.Maker(receivers.First()) : null;
        return receiver is null ? OfAnother : receiver == host.Id ? "it is this host itself" : null;
    }
}

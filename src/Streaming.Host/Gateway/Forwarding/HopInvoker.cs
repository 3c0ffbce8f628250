using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// Finds an instance that answers. A question is asked of another one at once when one fails, and as well when one is slow, and the first
/// answer counts; anything else goes to another one only as long as none has got any of it.
/// </summary>
internal sealed class HopInvoker(TimeProvider clock) : HttpMessageInvoker(Wires.Make())
{
    private const int MostAttempts = 3;

    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Hop.Key, out var hop)) throw new InvalidOperationException("Only what is forwarded may be sent with this.");
        var began = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(hop.Limit, clock);
        var answer = hop.IsReplayable ? await Ask(request, hop, limit.Token, cancellationToken) : await Do(request, hop, limit.Token, cancellationToken);
        hop.IsLate = limit.IsCancellationRequested;
        if (answer is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new HttpRequestException("No instance has answered.");
        }

        hop.Took = clock.GetElapsedTime(began);
        return answer;
    }

    private async Task<HttpResponseMessage?> Do(HttpRequestMessage request, Hop hop, CancellationToken limit, CancellationToken client)
    {
        var tried = new List<Instance>(MostAttempts);
        while (tried.Count < MostAttempts && !hop.IsSent && !client.IsCancellationRequested && !limit.IsCancellationRequested)
        {
            if (hop.Pool.Instances.Choose(tried) is not { } instance || (tried.Count > 0 && !hop.MayRetry())) return null;
            tried.Add(instance);
            using var attempt = Attempt.Start(base.SendAsync, instance, request, hop, client, limit);
            if (await attempt.Answer is not { } answer) continue;
            hop.ServedBy = instance;
            instance.Served();
            return answer;
        }

        return null;
    }

    private async Task<HttpResponseMessage?> Ask(HttpRequestMessage request, Hop hop, CancellationToken limit, CancellationToken client)
    {
        var (tried, running) = (new List<Instance>(MostAttempts), new List<Attempt>(MostAttempts));
        try
        {
            while (true)
            {
                if (running.Count == 0 && !Begin(() => tried.Count == 0 || hop.MayRetry())) return null;
                if (await Next(running, hop.Pool.HedgeAfter, limit, client) is not { } ended)
                {
                    if (client.IsCancellationRequested || limit.IsCancellationRequested) return null;
                    // Too slow: another is asked as well, if there is one and the budget allows it; if not, it is looked at again later.
                    Begin(hop.MayHedge);
                    continue;
                }

                var place = running.IndexOf(ended);
                running.Remove(ended);
                ended.Dispose();
                if (await ended.Answer is not { } answer) continue;
                hop.ServedBy = ended.Instance;
                ended.Instance.Served();
                // Those that were asked before it have had more time.
                foreach (var slower in running.Take(place)) slower.Instance.Outrun();
                await GiveUp(running, isOutrun: true);
                return answer;
            }
        }
        finally
        {
            await GiveUp(running, isOutrun: false);
        }

        bool Begin(Func<bool> isAllowed)
        {
            if (tried.Count >= MostAttempts || hop.Pool.Instances.Choose(tried) is not { } instance || !isAllowed()) return false;
            tried.Add(instance);
            running.Add(Attempt.Start(base.SendAsync, instance, request, hop, client, limit));
            return true;
        }
    }

    /// <summary>The next attempt that ends, or null after a while.</summary>
    private async Task<Attempt?> Next(List<Attempt> running, TimeSpan patience, CancellationToken limit, CancellationToken client)
    {
        using var alarm = CancellationTokenSource.CreateLinkedTokenSource(limit, client);
        await Task.WhenAny([.. running.Select(a => a.Answer), Task.Delay(patience, clock, alarm.Token)]);
        await alarm.CancelAsync();
        return running.Find(a => a.Answer.IsCompleted);
    }

    private static async Task GiveUp(List<Attempt> running, bool isOutrun)
    {
        foreach (var attempt in running)
        {
            await attempt.GiveUp(isOutrun);
            attempt.Dispose();
        }

        running.Clear();
    }
}

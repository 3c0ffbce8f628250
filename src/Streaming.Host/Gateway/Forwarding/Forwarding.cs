using Streaming.Host.Gateway.Limits;
using Streaming.Platform.Dial;
using Yarp.ReverseProxy.Forwarder;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// Decides once where a request is served, and if it is elsewhere, brings it there. What no instance answers this host serves itself:
/// it has every module too.
/// </summary>
internal sealed class Forwarding(
    RequestDelegate next, TrafficMap traffic, ForwardingPools pools, PlacementTokens placements, IHttpForwarder forwarder, HopTransformer transformer,
    HopInvoker hops, ForwardingTelemetry telemetry, TimeProvider clock)
{
    // The part of a question's time that is kept for serving it here.
    private const double Kept = 0.4;
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private static readonly ForwarderRequestConfig _config = new() { ActivityTimeout = TimeSpan.FromSeconds(60) };

    public Task Invoke(HttpContext context) => !pools.IsEmpty
        && traffic.Of(context).Movable is { } module && pools.Of(module) is { } pool && !ForwardedRequest.Is(context)
        && CanTravel(context.Request, pool) && IsElsewhere(context, pool)
            ? Forward(context, pool)
            : next(context);

    private bool IsElsewhere(HttpContext context, ModulePool pool)
    {
        if (context.Request.Headers.TryGetValue(PlacementTokens.Header, out var token))
        {
            // Whoever sends one means it: with a token that has run out they would measure the wrong side and not know it.
            var placement = placements.Open(token.ToString()) ?? throw new BadHttpRequestException(
                $"{PlacementTokens.Header} is none that was made here, or its time is over. Leave it out, or ask an operator for another.");
            if (placement.Module == pool.Module) return placement.IsElsewhere;
        }

        var share = pool.Settings.Share;
        if (share.IsNothing) return false;
        return context.RequestServices.GetRequiredService<CallContext>().Caller is { Subject: { } account }
            ? share.Has(account)
            : share.Has(PartitionKey.Of(context.Connection.RemoteIpAddress));
    }

    /// <summary>It is a request and not a connection, and does not say that it is too long to be held.</summary>
    private static bool CanTravel(HttpRequest request, ModulePool pool) =>
        request.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(request.Method) && (request.ContentLength ?? 0) <= pool.Settings.Section.BodyBytes;

    private async Task Forward(HttpContext context, ModulePool pool)
    {
        if (await RequestBody.Hold(context.Request, pool.Settings.Section.BodyBytes) is not { } body)
        {
            await next(context);
            return;
        }

        var isReplayable = body.Length == 0 && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
        var hop = new Hop(pool, isReplayable, body, Limit(context, isReplayable));
        context.Features.Set(hop);
        pool.Memory.Pace.Enter();
        HopOutcome outcome;
        try
        {
            var error = await forwarder.SendAsync(context, HopTransformer.Somewhere, hops, _config, transformer);
            outcome = error == ForwarderError.None ? HopOutcome.Answered
                : context.Response.HasStarted || context.RequestAborted.IsCancellationRequested ? HopOutcome.BrokenOff
                : hop.IsSent ? HopOutcome.Lost : HopOutcome.Rescued;
        }
        finally
        {
            pool.Memory.Pace.Leave(hop.Retries, hop.Hedges, hop.Took);
        }

        telemetry.Forwarded(hop, outcome);
        if (outcome is HopOutcome.Answered or HopOutcome.BrokenOff) return;
        Restore(context, body);
        if (outcome == HopOutcome.Lost)
        {
            await Refusal.AnswerLost(context, hop.IsLate);
            return;
        }

        hop.RescuedAt = clock.GetTimestamp();
        await next(context);
    }

    private TimeSpan Limit(HttpContext context, bool isReplayable)
    {
        if (context.RequestServices.GetRequiredService<CallContext>().Deadline is not { } deadline) return _longest;
        var left = clock.GetElapsedTime(clock.GetTimestamp(), deadline);
        return left <= TimeSpan.Zero ? TimeSpan.Zero : isReplayable ? left * (1 - Kept) : left;
    }

    /// <summary>As if nobody had been asked.</summary>
    private static void Restore(HttpContext context, byte[] body)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Features.Set<IForwarderErrorFeature>(null);
        if (body.Length > 0) context.Request.Body = new MemoryStream(body);
    }
}

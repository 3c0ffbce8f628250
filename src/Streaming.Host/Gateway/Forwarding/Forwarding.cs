using Streaming.Host.Gateway.Limits;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// Decides once where a request is served, and if it is elsewhere, brings it there. What no instance answers this host serves itself:
/// it has every module too, unless an operator has detached it.
/// </summary>
internal sealed class Forwarding(
    RequestDelegate next, TrafficMap traffic, ForwardingPools pools, PlacementTokens placements, IHttpForwarder forwarder, HopTransformer transformer,
    HopInvoker hops, ForwardingTelemetry telemetry, DialGuard guard, TimeProvider clock)
{
    // The part of a question's time that is kept for serving it here.
    private const double Kept = 0.4;
    // What a person waits for at a page is slow beyond this.
    private const int SlowMs = 130;
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private static readonly ForwarderRequestConfig _config = new() { ActivityTimeout = TimeSpan.FromSeconds(60) };

    public Task Invoke(HttpContext context)
    {
        if (pools.IsEmpty) return next(context);
        // A stranger is in the same canary with all that they ask and all that this leads to.
        var call = context.RequestServices.GetRequiredService<CallContext>();
        if (call.Caller.Subject is null) call.Sticky = PartitionKey.Of(context.Connection.RemoteIpAddress);
        if (traffic.Of(context).Movable is not { } module || pools.Of(module) is not { IsReady: true } pool || ForwardedRequest.Is(context) || !CanTravel(context.Request, pool)) return next(context);
        return IsElsewhere(context, pool) ? Forward(context, pool) : pool.Dial is { } dial ? Here(context, dial) : next(context);
    }

    /// <summary>Beside those that are forwarded, so that how these fare can be told from how everything fares at the moment.</summary>
    private async Task Here(HttpContext context, ModuleDial dial)
    {
        var began = clock.GetTimestamp();
        await next(context);
        var took = clock.GetElapsedTime(began);
        guard.Note(dial, new CallOutcome(IsThere: false, context.Response.StatusCode >= StatusCodes.Status500InternalServerError, guard.IsSlow(took, SlowMs), took));
    }

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
        var hop = new Hop(pool, isReplayable, body, Limit(context, isReplayable || pool.Dial is not null), pool.Dial is not null && IsRepeatable(context));
        context.Features.Set(hop);
        var began = clock.GetTimestamp();
        pool.Memory.Pace.Enter();
        HopOutcome outcome;
        try
        {
            var error = await forwarder.SendAsync(context, HopTransformer.Somewhere, hops, _config, transformer);
            outcome = error == ForwarderError.None ? HopOutcome.Answered
                : context.Response.HasStarted || context.RequestAborted.IsCancellationRequested ? HopOutcome.BrokenOff
                : hop.IsSent && !hop.IsRepeatable ? HopOutcome.Lost : HopOutcome.Rescued;
        }
        finally
        {
            pool.Memory.Pace.Leave(hop.Retries, hop.Hedges, hop.Took);
        }

        telemetry.Forwarded(hop, outcome);
        if (pool.Dial is { } dial && outcome != HopOutcome.BrokenOff)
        {
            var isCold = hop.ServedBy?.IsCold(pool.Module) == true;
            if (outcome == HopOutcome.Answered) hop.ServedBy?.HasAnswered(pool.Module);
            var isLost = outcome != HopOutcome.Answered && !hop.HasFaulted && !(hop.IsLate && isCold);
            guard.Note(
                dial,
                new CallOutcome(
                    IsThere: true, hop.HasFaulted || context.Response.StatusCode >= StatusCodes.Status500InternalServerError, hop.Took is { } took && guard.IsSlow(took, SlowMs) && !isCold, clock.GetElapsedTime(began))
                {
                    Lost = isLost ? hop.IsLate ? "requests were not answered in time" : "requests were broken off" : null,
                    IsLate = hop.IsLate,
                });
        }

        if (outcome is HopOutcome.Answered or HopOutcome.BrokenOff) return;
        Restore(context, body);
        if (outcome == HopOutcome.Lost)
        {
            await Refusal.AnswerLost(context, hop.IsLate);
            return;
        }

        if (!pool.MayRescue)
        {
            await Refusal.Detached(context, pool.Module);
            return;
        }

        hop.RescuedAt = clock.GetTimestamp();
        await next(context);
    }

    /// <summary>
    /// Whether what may have been done can be done once more: the instance works on the same tables, so an order finds its id there, and what
    /// puts or takes away for good comes to the same. An order without an id gets one.
    /// </summary>
    private static bool IsRepeatable(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return true;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IdempotencyKeyMetadata>() is null)
            return (HttpMethods.IsPut(request.Method) || HttpMethods.IsDelete(request.Method)) && request.Headers.IfMatch.Count == 0;
        if (!request.Headers.ContainsKey(Preconditions.IdempotencyKey)) request.Headers[Preconditions.IdempotencyKey] = Guid.CreateVersion7().ToString();
        return true;
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

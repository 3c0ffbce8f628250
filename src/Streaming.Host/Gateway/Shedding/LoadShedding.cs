using Streaming.Host.Gateway.Forwarding;
using Streaming.Host.Gateway.Limits;

namespace Streaming.Host.Gateway.Shedding;

/// <summary>Refuses at once, and with next to no work, what could not be answered in time; the least important first.</summary>
internal sealed class LoadShedding(RequestDelegate next, TrafficMap traffic, LoadShedder shedder, MediaGate media, GatewayTelemetry telemetry)
{
    public Task Invoke(HttpContext context)
    {
        var about = traffic.Of(context);
        return about.Kind switch
        {
            TrafficKind.Ordinary => Bounded(context, about.Class),
            TrafficKind.Media => BoundedMedia(context),
            _ => next(context),
        };
    }

    private async Task Bounded(HttpContext context, TrafficClass of)
    {
        if (!shedder.TryEnter(of, out var entry))
        {
            await Refusal.Shed(context, LoadShedder.RetryAfter(of));
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            var hop = context.Features.Get<Hop>();
            // Nor does the time of one that was answered elsewhere say how busy this host is.
            var counts = !context.RequestAborted.IsCancellationRequested && (hop is null || hop.RescuedAt is not null);
            shedder.Leave(hop?.RescuedAt is { } rescued ? entry with { Began = rescued } : entry, counts);
        }
    }

    private async Task BoundedMedia(HttpContext context)
    {
        var address = PartitionKey.Of(context.Connection.RemoteIpAddress);
        if (!media.TryEnter(address))
        {
            telemetry.ShedMedia();
            await Refusal.Shed(context, LoadShedder.RetryAfter(TrafficClass.Playback));
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            media.Leave(address, HttpMethods.IsGet(context.Request.Method) ? context.Response.ContentLength ?? 0 : 0);
        }
    }
}

namespace Streaming.Host.Handovers;

/// <summary>While another process takes this host's place, says with each answer that the connection ends: the next request goes to the other.</summary>
internal sealed class ClosingConnections(RequestDelegate next, Handover handover)
{
    public Task Invoke(HttpContext context)
    {
        // HTTP/2 has no such header; there the server says so itself when it stops.
        if (handover.State == HandoverState.Leaving && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        return next(context);
    }
}

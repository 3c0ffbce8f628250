namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// On a request that another host has decided to send here, so it is served here and not sent on. It is believed of trusted peers only;
/// that it was is told in the answer, or two hosts that do not know each other would pass a request back and forth.
/// </summary>
internal sealed class ForwardedRequest
{
    /// <summary>Of the request: who has forwarded it.</summary>
    public const string By = RequestIdentity.Internal + "Forwarded";

    /// <summary>Of the answer: who has believed it.</summary>
    public const string Receiver = RequestIdentity.Internal + "Receiver";

    private static readonly ForwardedRequest _forwarded = new();

    private ForwardedRequest()
    {
    }

    /// <summary>Takes it over from a trusted peer.</summary>
    public static void Note(HttpContext context, HostIdentity host)
    {
        if (!context.Request.Headers.ContainsKey(By)) return;
        context.Features.Set(_forwarded);
        context.Response.OnStarting(static state =>
        {
            var (context, host) = ((HttpContext, HostIdentity))state;
            context.Response.Headers[Receiver] = host.Id;
            return Task.CompletedTask;
        }, (context, host));
    }

    public static bool Is(HttpContext context) => context.Features.Get<ForwardedRequest>() is not null;
}

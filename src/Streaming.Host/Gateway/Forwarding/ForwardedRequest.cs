namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// On a request that another host has decided to send here, so it is served here and not sent on. It is believed of trusted peers, and of
/// whoever has a <see cref="GatewayProof"/>; that it was is told in the answer, or two hosts that do not know each other would pass a request back and forth. With the
/// proof it is not counted a second time either.
/// </summary>
internal sealed class ForwardedRequest
{
    /// <summary>Of the request: who has forwarded it.</summary>
    public const string By = RequestIdentity.Internal + "Forwarded";

    /// <summary>Of the answer: the <see cref="GatewayProof"/> of whoever has believed it.</summary>
    public const string Receiver = RequestIdentity.Internal + "Receiver";

    private static readonly ForwardedRequest _believed = new();
    private static readonly ForwardedRequest _proved = new();

    private ForwardedRequest()
    {
    }

    /// <summary>Takes it over from a trusted peer.</summary>
    public static void Note(HttpContext context, GatewayProof proof)
    {
        var headers = context.Request.Headers;
        if (!headers.ContainsKey(By)) return;
        context.Features.Set(headers.TryGetValue(GatewayProof.Header, out var text) && proof.Maker(text.ToString()) is not null ? _proved : _believed);
        context.Response.OnStarting(static state =>
        {
            var (context, proof) = ((HttpContext, GatewayProof))state;
            context.Response.Headers[Receiver] = proof.Current;
            return Task.CompletedTask;
        }, (context, proof));
    }

    public static bool Is(HttpContext context) => context.Features.Get<ForwardedRequest>() is not null;

    /// <summary>Whether a host of this installation has let it through its limits, which are the same ones.</summary>
    public static bool IsCounted(HttpContext context) => ReferenceEquals(context.Features.Get<ForwardedRequest>(), _proved);
}

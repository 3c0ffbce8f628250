using System.Net;
using System.Net.Http.Headers;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// The body of a change, which notes when it begins to be sent. Also a change without a body has one, of no bytes: what has none
/// SocketsHttpHandler sends again by itself where a kept connection breaks, and it may have been done already.
/// </summary>
internal sealed class HopContent : HttpContent
{
    private readonly Hop _hop;

    public HopContent(Hop hop, HttpContentHeaders? headers)
    {
        _hop = hop;
        if (headers is null) return;
        foreach (var (name, values) in headers.NonValidated)
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) Headers.TryAddWithoutValidation(name, values);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _hop.IsSent = true;
        return stream.WriteAsync(_hop.Body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _hop.Body.Length;
        return true;
    }
}

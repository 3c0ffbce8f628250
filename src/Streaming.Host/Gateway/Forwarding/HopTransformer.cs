using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>What is said to an instance beside what the client has said, and what of its answer is ours to say.</summary>
internal sealed class HopTransformer(HostIdentity host, GatewayProof proof) : HttpTransformer
{
    public const string ServedBy = "Streaming-Served-By";

    // Written where the instance is known; until then an address has to stand there.
    public const string Somewhere = "http://instance";

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var hop = httpContext.Features.GetRequiredFeature<Hop>();
        var headers = proxyRequest.Headers;
        // Its body is here already, so nothing waits for a word of going on.
        foreach (var name in new[] { PlacementTokens.Header, RequestDeadline.Header, RequestIdentity.Header, HeaderNames.Expect, HeaderNames.TraceParent }) headers.Remove(name);
        headers.TryAddWithoutValidation("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        headers.TryAddWithoutValidation(RequestIdentity.Header, httpContext.TraceIdentifier);
        headers.TryAddWithoutValidation(RequestDeadline.Header, Math.Max(1, (long)hop.Limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation(ForwardedRequest.By, host.Id);
        headers.TryAddWithoutValidation(GatewayProof.Header, proof.Current);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } trace) headers.TryAddWithoutValidation(HeaderNames.TraceParent, trace.Id);
        proxyRequest.Options.Set(Hop.Key, hop);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null) return false;
        var ours = httpContext.Response.Headers;
        foreach (var (name, _) in proxyResponse.Headers.NonValidated)
            // Both hosts say the same of themselves; said twice, some of it would not hold.
            if (!name.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase)) ours.Remove(name);
        var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        foreach (var name in ours.Keys.Where(IsNotForClients).ToArray()) ours.Remove(name);
        ours[ServedBy] = httpContext.Features.GetRequiredFeature<Hop>().ServedBy?.At.Name;
        return copied;
    }

    /// <summary>What processes tell one another, and which sites may read it: that is the concern of the host they have asked.</summary>
    private static bool IsNotForClients(string name) =>
        name.StartsWith(RequestIdentity.Internal, StringComparison.OrdinalIgnoreCase) || name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase);
}

using System.Collections;
using Streaming.Host.Gateway.Forwarding;

namespace Streaming.Host.Gateway;

/// <summary>
/// Who is asking, as far as the connection tells, and a name for the request: its id, in the answer, the logs and problem details.
/// What only our own machines may say is taken out of what anybody else sends.
/// </summary>
internal sealed class RequestIdentity(RequestDelegate next, GatewaySettings settings, RequestIds ids, GatewayProof proof, ILogger<RequestIdentity> log)
{
    public const string Header = "X-Request-Id";

    /// <summary>Headers that only our own processes may send one another.</summary>
    public const string Internal = "Streaming-Internal-";

    private const string Forwarded = "Forwarded";
    private const string XForwarded = "X-Forwarded-";
    private const int Longest = 128;

    public Task Invoke(HttpContext context)
    {
        var peers = settings.Current.TrustedProxies;
        if (IsFromOurs(context.Request.Headers)) peers = TrustedPeers.Anyone;
        var isTrusted = peers.Contains(context.Connection.RemoteIpAddress);
        context.TraceIdentifier = (isTrusted ? Inbound(context.Request.Headers) : null) ?? ids.Next();
        if (isTrusted)
        {
            peers.Apply(context);
            ForwardedRequest.Note(context, proof);
        }

        Strip(context.Request.Headers);
        return log.IsEnabled(LogLevel.Critical) ? Scoped(context) : next(context);
    }

    /// <summary>Whether a host of this installation sends it, wherever it stands.</summary>
    private bool IsFromOurs(IHeaderDictionary headers) => headers.TryGetValue(GatewayProof.Header, out var text) && proof.Maker(text.ToString()) is not null;

    private async Task Scoped(HttpContext context)
    {
        using (log.BeginScope(new Scope(context.TraceIdentifier, context.Request.Path))) await next(context);
    }

    private static string? Inbound(IHeaderDictionary headers)
    {
        var id = headers[Header] is [{ } named] ? named : headers.RequestId is [{ } other] ? other : null;
        return id is { Length: > 0 and <= Longest } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? id : null;
    }

    /// <summary>What a trusted proxy said has been taken over by now; nothing after this may believe any of it.</summary>
    private static void Strip(IHeaderDictionary headers)
    {
        List<string>? internals = null;
        foreach (var (name, _) in headers)
            if (name.StartsWith(Internal, StringComparison.OrdinalIgnoreCase)
                || name.StartsWith(XForwarded, StringComparison.OrdinalIgnoreCase)
                || name.Equals(Forwarded, StringComparison.OrdinalIgnoreCase))
                (internals ??= []).Add(name);
        foreach (var name in internals ?? []) headers.Remove(name);
    }

    private sealed class Scope(string id, PathString path) : IReadOnlyList<KeyValuePair<string, object>>
    {
        public int Count => 2;

        public KeyValuePair<string, object> this[int index] => index == 0 ? new("RequestId", id) : new("RequestPath", path.ToString());

        public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
        {
            yield return this[0];
            yield return this[1];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"RequestId:{id} RequestPath:{path}";
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NpgsqlTypes;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Consistency;

/// <summary>
/// Up to where a session has written, as the client carries it: browsers as a cookie, programs as a header. It is PostgreSQL's own
/// notation, and whoever makes one up only sends their own reads to the primary.
/// </summary>
public static class SessionPosition
{
    /// <summary>Sent with an answer after which the session may write on; a client sends back the last one it got.</summary>
    public const string Header = "Streaming-Position";

    /// <summary>The same for browsers.</summary>
    public const string Cookie = "streaming-position";

    /// <summary>Says what was met and who answered: <c>local-quorum; server=pg-2</c>; several, separated by commas.</summary>
    public const string Consistency = "Streaming-Consistency";

    private const int Longest = 17;

    /// <summary>Begins and ends a session's part in a request. Without several servers there is nothing to be done.</summary>
    public static IApplicationBuilder UseSessionPosition(this IApplicationBuilder app)
    {
        var cluster = app.ApplicationServices.GetRequiredService<Cluster>();
        if (cluster.IsOne) return app;
        // A copy further behind is not read, so after that nobody has to be told any more. Twice as long, for it is counted elsewhere.
        var life = cluster.Options!.MaxLag * 2;
        return app.Use((context, next) =>
        {
            var call = context.RequestServices.GetRequiredService<CallContext>();
            // The pages of what went wrong run through here a second time.
            if (call.Session is not null) return next(context);
            var session = call.Session = new DataSession(FromCookie(context.Request));
            session.Begin(FromHeader(context.Request));
            context.Response.OnStarting(static state =>
            {
                var (context, session, life) = ((HttpContext, DataSession, TimeSpan))state;
                Tell(context, session, life);
                return Task.CompletedTask;
            }, (context, session, life));
            return next(context);
        });
    }

    /// <summary>Null where the text is no position.</summary>
    internal static ulong? Parse(string? text) =>
        text is { Length: > 0 and <= Longest } && text.All(c => char.IsAsciiHexDigit(c) || c == '/') && NpgsqlLogSequenceNumber.TryParse(text, out var position)
            ? (ulong)position
            : null;

    private static ulong FromHeader(HttpRequest request) => request.Headers[Header] is not { Count: > 0 } header ? 0
        : Parse(header.ToString()) ?? throw new BadHttpRequestException($"{Header} is a position as an answer had it, such as 0/3000148.");

    // Nobody can mend a cookie by hand; the next answer does.
    private static ulong FromCookie(HttpRequest request) => Parse(request.Cookies[Cookie]) ?? 0;

    private static void Tell(HttpContext context, DataSession session, TimeSpan life)
    {
        if (session.ToString() is { Length: > 0 } told) context.Response.Headers[Consistency] = told;
        if (!session.HasWritten) return;
        var position = new NpgsqlLogSequenceNumber(session.Position).ToString();
        context.Response.Headers[Header] = position;
        context.Response.Cookies.Append(Cookie, position, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = life,
            IsEssential = true,
        });
    }
}

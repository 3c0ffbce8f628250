using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Telemetry;

/// <summary>How long a request waited for each module: the Server-Timing header, in milliseconds (W3C Server Timing).</summary>
public sealed class ServerTiming
{
    private readonly Lock _gate = new();

    // Most requests ask no module, or one; so nothing is made before it is needed.
    private SortedDictionary<string, (double Milliseconds, bool IsStale)>? _modules;

    internal void Add(string module, TimeSpan took)
    {
        lock (_gate)
        {
            var known = Of(module);
            _modules![module] = (known.Milliseconds + took.TotalMilliseconds, known.IsStale);
        }
    }

    internal void Stale(string module)
    {
        lock (_gate)
        {
            var known = Of(module);
            _modules![module] = (known.Milliseconds, true);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            return _modules is null ? "" : string.Join(", ", _modules
                .Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key};dur={m.Value.Milliseconds:0.0}{(m.Value.IsStale ? ";desc=\"last good answer\"" : "")}")));
        }
    }

    private (double Milliseconds, bool IsStale) Of(string module) => (_modules ??= new(StringComparer.Ordinal)).GetValueOrDefault(module);
}

/// <summary>Tells browsers and people where the time went.</summary>
public static class ServerTimingRegistration
{
    /// <summary>
    /// Adds the header to every answer for which a module was asked. A call that a module makes in turn is part of that module's time.
    /// </summary>
    public static IApplicationBuilder UseServerTiming(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var timing = context.RequestServices.GetRequiredService<CallContext>().Timing = new ServerTiming();
        context.Response.OnStarting(static state =>
        {
            var (response, timing) = ((HttpResponse, ServerTiming))state;
            // Beside what another process has told, where it has answered.
            if (timing.ToString() is { Length: > 0 } told) response.Headers.Append("Server-Timing", told);
            return Task.CompletedTask;
        }, (context.Response, timing));
        return next(context);
    });
}

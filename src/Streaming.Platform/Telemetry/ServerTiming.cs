using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Telemetry;

/// <summary>How long a request waited for each module: the Server-Timing header, in milliseconds (W3C Server Timing).</summary>
public sealed class ServerTiming
{
    private readonly ConcurrentDictionary<string, double> _milliseconds = new();
    private readonly ConcurrentDictionary<string, bool> _stale = new();

    internal void Add(string module, TimeSpan took) => _milliseconds.AddOrUpdate(module, took.TotalMilliseconds, (_, sum) => sum + took.TotalMilliseconds);

    internal void Stale(string module) => _stale[module] = true;

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _milliseconds.OrderBy(m => m.Key, StringComparer.Ordinal)
        .Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key};dur={m.Value:0.0}{(_stale.ContainsKey(m.Key) ? ";desc=\"last good answer\"" : "")}")));
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
        context.Response.OnStarting(() =>
        {
            if (timing.ToString() is { Length: > 0 } told) context.Response.Headers["Server-Timing"] = told;
            return Task.CompletedTask;
        });
        return next(context);
    });
}

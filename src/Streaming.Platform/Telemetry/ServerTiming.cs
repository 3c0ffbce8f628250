using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Telemetry;

/// <summary>How long a request waited for each module: the Server-Timing header, in milliseconds (W3C Server Timing); and what stood in for answers.</summary>
public sealed class ServerTiming
{
    private readonly Lock _gate = new();

    // Most requests ask no module, or one; so nothing is made before it is needed.
    private SortedDictionary<string, (double Milliseconds, string? Fallback)>? _modules;

    /// <summary>What stood in for answers, each once: the Streaming-Fallback header. Empty where every module answered for itself.</summary>
    public string Fallbacks
    {
        get
        {
            lock (_gate)
            {
                return _modules is null ? "" : string.Join(", ", _modules.Values.Select(m => m.Fallback).OfType<string>().Distinct());
            }
        }
    }

    internal bool IsEmpty => Volatile.Read(ref _modules) is null;

    internal void Add(string module, TimeSpan took)
    {
        lock (_gate)
        {
            var known = Of(module);
            _modules![module] = (known.Milliseconds + took.TotalMilliseconds, known.Fallback);
        }
    }

    internal void FellBack(string module, string fallback)
    {
        lock (_gate)
        {
            var known = Of(module);
            _modules![module] = (known.Milliseconds, fallback);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            return _modules is null ? "" : string.Join(", ", _modules.Select(m => string.Create(
                CultureInfo.InvariantCulture, $"{m.Key};dur={m.Value.Milliseconds:0.0}{(m.Value.Fallback is { } fallback ? $";desc=\"{Text(fallback)}\"" : "")}")));
        }
    }

    private (double Milliseconds, string? Fallback) Of(string module) => (_modules ??= new(StringComparer.Ordinal)).GetValueOrDefault(module);

    private static string Text(string fallback) => fallback == Dial.Fallback.LastGood ? "last good answer" : fallback;
}

/// <summary>Tells browsers and people where the time went.</summary>
public static class ServerTimingRegistration
{
    /// <summary>
    /// Adds the headers to every answer for which a module was asked. A call that a module makes in turn is part of that module's time.
    /// </summary>
    public static IApplicationBuilder UseServerTiming(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var timing = context.RequestServices.GetRequiredService<CallContext>().Timing = new ServerTiming();
        context.Response.OnStarting(static state =>
        {
            var (response, timing) = ((HttpResponse, ServerTiming))state;
            if (timing.IsEmpty) return Task.CompletedTask;
            // Beside what another process has told, where it has answered.
            if (timing.ToString() is { Length: > 0 } told) response.Headers.Append("Server-Timing", told);
            if (timing.Fallbacks is { Length: > 0 } fallbacks) response.Headers.Append(Fallback.Header, fallbacks);
            return Task.CompletedTask;
        }, (context.Response, timing));
        return next(context);
    });
}

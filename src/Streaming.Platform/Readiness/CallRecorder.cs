using System.Collections.Concurrent;
using System.Net.Mime;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;

namespace Streaming.Platform.Readiness;

/// <summary>
/// Records of some requests which contracts they call, from where, how often, and which at the same time. Whoever is recorded pays for
/// a few objects; everything else happens afterwards, behind a bounded queue that drops what does not fit.
/// </summary>
internal sealed partial class CallRecorder(TraceTally tally, ProcessRole role, TimeProvider clock, ILogger<CallRecorder> log) : BackgroundService
{
    private const int MostRoutes = 256;
    private const int MostTaken = 200;
    private const int MostWaiting = 256;
    private const int PayloadsOfAContract = 3;
    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Endpoint, TracedRoute?> _routes = new();
    private readonly ConcurrentDictionary<string, int> _payloads = new(StringComparer.Ordinal);
    private readonly Channel<CallTrace> _waiting = Channel.CreateBounded<CallTrace>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private int _taken;
    private long _dropped;

    internal TimeProvider Clock { get; } = clock;

    internal CallSites Sites { get; } = new();

    /// <summary>Requests that were recorded and for which there was no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Requests since the start, recorded or not.</summary>
    public long Requests => _routes.Values.Sum(r => r?.All ?? 0);

    /// <summary>The route of an endpoint; null where nothing of it is recorded.</summary>
    public TracedRoute? RouteOf(Endpoint? endpoint)
    {
        // What an instance does for others is seen by them.
        if (endpoint is null || role.Instance is not null) return null;
        if (_routes.TryGetValue(endpoint, out var known)) return known;
        return _routes.Count >= MostRoutes ? null : _routes.GetOrAdd(endpoint, Read);
    }

    /// <summary>Begins to record a request; null where it is none to be recorded.</summary>
    public CallTrace? Begin(TracedRoute route, CallContext context)
    {
        if (!route.Take() || Interlocked.Increment(ref _taken) > MostTaken) return null;
        var trace = new CallTrace(this, route, context.Deadline);
        context.Call = trace.Root;
        return trace;
    }

    /// <summary>Whether the bytes of one more call of the contract are to be looked at.</summary>
    internal bool WantsPayload(string contract) => _payloads.AddOrUpdate(contract, 1, static (_, taken) => taken + 1) <= PayloadsOfAContract;

    internal void Offer(CallTrace trace)
    {
        if (!_waiting.Writer.TryWrite(trace)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Takes in what waits.</summary>
    internal void TakeIn()
    {
        while (_waiting.Reader.TryRead(out var trace)) tally.Add(trace);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_beat, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Beat();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    internal void Beat()
    {
        foreach (var route in _routes.Values) route?.Beat();
        Volatile.Write(ref _taken, 0);
        _payloads.Clear();
        try
        {
            TakeIn();
        }
        catch (Exception failure)
        {
            NotTakenIn(log, failure);
        }
    }

    private static TracedRoute? Read(Endpoint endpoint)
    {
        // A stream asks the same again and again for as long as somebody watches.
        if (endpoint is not RouteEndpoint { RoutePattern.RawText: { } template }
            || endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(p => p.ContentTypes.Contains(MediaTypeNames.Text.EventStream))) return null;
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.FirstOrDefault(m => m != HttpMethods.Head) ?? HttpMethods.Get;
        var module = endpoint.Metadata.GetMetadata<ModuleEndpoint>()?.Module;
        return new TracedRoute($"{method} /{template.TrimStart('~').Trim('/')}", module ?? TracedRoute.Outside, module is not null && endpoint.Metadata.GetMetadata<ServedHere>() is null);
    }

    [LoggerMessage(1, LogLevel.Warning, "What was recorded of requests could not be taken in")]
    private static partial void NotTakenIn(ILogger logger, Exception failure);
}

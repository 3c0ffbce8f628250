using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Streaming.Host.Gateway;
using static Streaming.Host.Gateway.Traffic;

namespace Streaming.Host.Operations.Live;

/// <summary>
/// Every request once more, from the measurement that the server makes of it anyway, by route and by class. Only templates of routes
/// are kept, and of those the first <see cref="MostRoutes"/>; so addresses that nobody has thought of cost no memory.
/// </summary>
internal sealed class RequestRecords : IDisposable
{
    public const int MostRoutes = 192;
    public const string Unrouted = "(no route)";
    public const string Others = "(other routes)";

    private readonly ConcurrentDictionary<(string Route, string Method), RouteRecord> _routes = new();
    private readonly ConcurrentDictionary<string, Count> _limits = new(StringComparer.OrdinalIgnoreCase);
    private readonly RouteRecord[] _classes;
    private readonly RouteRecord _others = new("", Others, Labels.Browse);
    private readonly MeterListener _listener = new();

    public RequestRecords(IMeterFactory meters)
    {
        string[] labels = [Labels.Playback, Labels.Browse, Labels.Background, Labels.Media, Labels.Upload, Labels.Stream, Labels.Probe];
        _classes = [.. labels.Select(l => new RouteRecord("", "", l))];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Tests run several hosts in one process; each listens to its own.
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name is "http.server.request.duration" or "streaming.gateway.limited")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Note(seconds, tags));
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Refused(count, tags));
        _listener.Start();
    }

    /// <summary>Those that have been asked for.</summary>
    public IEnumerable<RouteRecord> Routes => _others.All == 0 ? _routes.Values : _routes.Values.Append(_others);

    /// <summary>One for each label of <see cref="Traffic"/>.</summary>
    public IReadOnlyList<RouteRecord> Classes => _classes;

    /// <summary>Films begun, by programs and on the page: what the first objective is about.</summary>
    public RouteRecord Starts { get; } = new("", "films begun", Labels.Playback);

    public RouteRecord Of(string label)
    {
        foreach (var known in _classes)
            if (known.Traffic == label) return known;
        return _classes[1];
    }

    public long LimitedBy(string limit) => _limits.TryGetValue(limit, out var count) ? Volatile.Read(ref count.Value) : 0;

    public void Dispose() => _listener.Dispose();

    internal void Note(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string? route = null, method = null, traffic = null, refused = null;
        var status = 0;
        foreach (var (name, value) in tags)
        {
            switch (name)
            {
                case "http.route": route = value as string; break;
                case "http.request.method": method = value as string; break;
                case "http.response.status_code": status = value is int code ? code : 0; break;
                case RequestTags.Class: traffic = value as string; break;
                case RequestTags.Refused: refused = value as string; break;
            }
        }

        var took = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        traffic ??= Labels.Browse;
        Of(traffic).Add(took, status, refused);
        var record = Record(route ?? Unrouted, method ?? "", traffic);
        record.Add(took, status, refused);
        if (IsStart(record)) Starts.Add(took, status, refused);
    }

    private static bool IsStart(RouteRecord record) => (record.Method, record.Route) is ("POST", "/api/playback/sessions") or ("GET", "/watch/{id:guid}");

    private RouteRecord Record(string route, string method, string traffic)
    {
        if (_routes.TryGetValue((route, method), out var known)) return known;
        // A few more than the bound where several come at once.
        return _routes.Count >= MostRoutes ? _others
            : _routes.GetOrAdd((route, method), static (key, traffic) => new RouteRecord(key.Method, key.Route, traffic), traffic);
    }

    private void Refused(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags is [{ Value: string limit }]) Interlocked.Add(ref _limits.GetOrAdd(limit, _ => new Count()).Value, count);
    }

    private sealed class Count
    {
        public long Value;
    }
}

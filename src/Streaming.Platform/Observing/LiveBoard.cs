using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streaming.Platform.Observing;

/// <summary>
/// What the Operations page shows: after each second the alerts and, while somebody watches, the newest values and the panels, written
/// once for all who watch. Nobody is waited for: whoever is slow gets the newest second next, and misses those between.
/// </summary>
public sealed class LiveBoard : IDisposable
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly Advice _unread = new("This is a fault of the host itself: tell whoever maintains it, with the log. Everything else on this page goes on.", "observing.md");

    private readonly Recorder _recorder;
    private readonly IOperationsPanel[] _panels;
    private readonly AlertBook _alerts = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Beat _beat = Beat.None;
    private int _watchers;

    /// <summary>Follows the recorder until disposed of.</summary>
    public LiveBoard(Recorder recorder, IEnumerable<IOperationsPanel> panels)
    {
        (_recorder, _panels) = (recorder, [.. panels.OrderBy(p => p.Order)]);
        recorder.Recorded += Judge;
    }

    /// <summary>The panels in the page's order.</summary>
    public IReadOnlyList<IOperationsPanel> Panels => _panels;

    /// <summary>What is wrong, the worst first.</summary>
    public IReadOnlyList<RaisedAlert> Alerts
    {
        get { lock (_gate) return _alerts.Open; }
    }

    /// <summary>The state of everything in words.</summary>
    public string Headline => Words(Alerts);

    /// <summary>Counts somebody who watches; false where there are too many already. If true, <see cref="Leave"/> has to follow.</summary>
    public bool TryWatch(int most)
    {
        if (Interlocked.Increment(ref _watchers) <= most) return true;
        Interlocked.Decrement(ref _watchers);
        return false;
    }

    /// <summary>Somebody watches no longer.</summary>
    public void Leave() => Interlocked.Decrement(ref _watchers);

    /// <summary>Everything as it is now, with the history of the lines.</summary>
    /// <param name="isFine">A value a second, or one every ten.</param>
    /// <param name="slots">How many of them.</param>
    /// <param name="names">Of these lines; all where there are none.</param>
    public string Snapshot(bool isFine, int slots, IReadOnlyCollection<string> names)
    {
        var beat = Write();
        var lines = names.Count == 0 ? _recorder.Lines : names.Select(n => _recorder[n]).OfType<Line>();
        var history = lines.Select(l => (l.Name, History: _recorder.History(l, isFine, slots))).ToArray();
        // A second may begin between two lines; what all of them have is shown.
        var from = history.Length == 0 ? 0 : history.Max(h => h.History.From);
        var step = isFine ? 1 : Recorder.Coarse;
        return JsonSerializer.Serialize(new
        {
            at = _recorder.Second,
            began = _recorder.Began,
            step,
            from,
            series = history.ToDictionary(h => h.Name, h => h.History.Values.Skip((int)((from - h.History.From) / step)).Select(v => Rounded(v))),
            columns = _panels.ToDictionary(p => p.Key, p => p.Columns),
            beat = JsonDocument.Parse(beat.Since(Beat.None)),
        }, _json);
    }

    /// <summary>Once a second what has changed since the one before; the first is everything.</summary>
    public async IAsyncEnumerable<string> Beats([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shown = Beat.None;
        while (true)
        {
            Task next;
            lock (_gate) next = _next.Task;
            var beat = Write();
            yield return beat.Since(shown);
            shown = beat;
            await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) yield break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _recorder.Recorded -= Judge;

    private void Judge(long second)
    {
        TaskCompletionSource before;
        lock (_gate)
        {
            _alerts.Note(second, _panels.SelectMany(Look));
            // What somebody asked for between the look and this was written without it.
            (before, _next, _beat) = (_next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), Beat.None);
        }

        before.SetResult();
    }

    private Beat Write()
    {
        lock (_gate)
        {
            var second = _recorder.Second;
            if (_beat.Second == second) return _beat;
            var parts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["headline"] = JsonSerializer.Serialize(Words(_alerts.Open), _json),
                ["alerts"] = JsonSerializer.Serialize(_alerts.Open.Select(Shown), _json),
                ["over"] = JsonSerializer.Serialize(_alerts.Over.Select(Shown), _json),
            };
            foreach (var panel in _panels) parts[$"panel:{panel.Key}"] = JsonSerializer.Serialize(Read(panel), _json);
            return _beat = new Beat(second, Values(l => l.Latest), second % Recorder.Coarse == Recorder.Coarse - 1 ? Values(l => l.LatestTen) : null, parts);
        }
    }

    // One that cannot be read says so, and hides nothing of what the others know.
    private static IReadOnlyList<Alert> Look(IOperationsPanel panel)
    {
        try
        {
            return [.. panel.Look()];
        }
        catch (Exception failure)
        {
            return [new Alert($"panel:{panel.Key}", panel.Key, AlertLevel.Attention, $"{panel.Heading} cannot be looked at: {failure.Message}", _unread)];
        }
    }

    private static PanelView Read(IOperationsPanel panel)
    {
        try
        {
            return panel.Read();
        }
        catch (Exception failure)
        {
            return new PanelView($"Cannot be read: {failure.Message}", []);
        }
    }

    private string Values(Func<Line, double?> value) => JsonSerializer.Serialize(_recorder.Lines.ToDictionary(l => l.Name, l => Rounded(value(l))), _json);

    private static object Shown(RaisedAlert raised) => new
    {
        raised.Alert.Key,
        raised.Alert.Panel,
        raised.Alert.Level,
        raised.Alert.Text,
        advice = raised.Alert.Advice.Text,
        raised.Alert.Advice.Doc,
        raised.Since,
        raised.Until,
    };

    private static string Words(IReadOnlyList<RaisedAlert> alerts)
    {
        var failures = alerts.Count(a => a.Alert.Level == AlertLevel.Failure);
        return (failures, alerts.Count - failures) switch
        {
            (0, 0) => "Everything is all right",
            (0, 1) => "It works, but one thing needs a look",
            (0, var more) => $"It works, but {more} things need a look",
            (1, _) => "One thing does not work",
            _ => $"{failures} things do not work",
        };
    }

    /// <summary>Four digits are more than anybody sees, and a third of the bytes.</summary>
    private static double? Rounded(double? value)
    {
        if (value is not { } known || !double.IsFinite(known)) return null;
        if (known == 0) return 0;
        var scale = Math.Pow(10, Math.Max(0, 3 - Math.Floor(Math.Log10(Math.Abs(known)))));
        return Math.Round(known * scale) / scale;
    }

    /// <summary>One second, written: a part that has not changed is the same text.</summary>
    private sealed record Beat(long Second, string Point, string? Ten, IReadOnlyDictionary<string, string> Parts)
    {
        public static readonly Beat None = new(-1, "{}", null, new Dictionary<string, string>());

        public string Since(Beat before) =>
            $"{{\"at\":{Second},\"point\":{Point}{(Ten is null ? "" : $",\"ten\":{Ten}")},\"parts\":{{{string.Join(',', Changed(before))}}}}}";

        private IEnumerable<string> Changed(Beat before) =>
            Parts.Where(p => before.Parts.GetValueOrDefault(p.Key) != p.Value).Select(p => $"\"{p.Key}\":{p.Value}");
    }
}

namespace Streaming.Platform.Observing;

/// <summary>How much something matters.</summary>
public enum AlertLevel
{
    /// <summary>It works, but somebody should look.</summary>
    Attention,

    /// <summary>It does not work.</summary>
    Failure,
}

/// <summary>What to do about something.</summary>
/// <param name="Text">A few sentences.</param>
/// <param name="Doc">The page that says more, below <c>docs/operations</c>.</param>
public sealed record Advice(string Text, string Doc);

/// <summary>Something that is not as it should be.</summary>
/// <param name="Key">What it is known by while it lasts, such as <c>circuit:db.read/users</c>.</param>
/// <param name="Panel">The panel that shows more.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Text">What is wrong, in a sentence without its stop.</param>
/// <param name="Advice">What to do.</param>
public sealed record Alert(string Key, string Panel, AlertLevel Level, string Text, Advice Advice);

/// <summary>An alert with when it began and, where it is over, when it ended; Unix times.</summary>
public sealed record RaisedAlert(Alert Alert, long Since, long? Until);

/// <summary>Knows since when each alert has lasted, and the last of those that are over.</summary>
internal sealed class AlertBook
{
    private const int MostOver = 50;

    // What comes and goes, as a circuit does whose probes fail now and then, is one alert and not many.
    private const int Calm = 10;

    private readonly Dictionary<string, (RaisedAlert Raised, long Seen)> _open = new(StringComparer.Ordinal);
    private readonly LinkedList<RaisedAlert> _over = [];

    /// <summary>The worst first, and of the same the oldest.</summary>
    public IReadOnlyList<RaisedAlert> Open { get; private set; } = [];

    /// <summary>The newest first.</summary>
    public IReadOnlyList<RaisedAlert> Over { get; private set; } = [];

    public void Note(long second, IEnumerable<Alert> alerts)
    {
        foreach (var alert in alerts)
        {
            var since = _open.TryGetValue(alert.Key, out var known) ? known.Raised.Since : second;
            _open[alert.Key] = (new RaisedAlert(alert, since, null), second);
        }

        foreach (var (key, (raised, seen)) in _open.Where(o => o.Value.Seen < second).ToArray())
        {
            if (second - seen < Calm) continue;
            _open.Remove(key);
            _over.AddFirst(raised with { Until = seen + 1 });
            if (_over.Count > MostOver) _over.RemoveLast();
        }

        Open = [.. _open.Values.Where(o => o.Seen == second).Select(o => o.Raised).OrderByDescending(r => r.Alert.Level).ThenBy(r => r.Since).ThenBy(r => r.Alert.Key, StringComparer.Ordinal)];
        if (Over.Count != _over.Count || (Over.Count > 0 && Over[0] != _over.First!.Value)) Over = [.. _over];
    }
}

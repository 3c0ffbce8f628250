using System.Diagnostics.Metrics;

namespace Streaming.Host.Operations.Live;

/// <summary>Npgsql's own figures of its connections, all pools of this process together.</summary>
internal sealed class PoolRecords : IDisposable
{
    private readonly MeterListener _listener = new();
    private double _used;
    private double _idle;
    private double _waiting;
    private bool _any;

    public PoolRecords()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Npgsql" && instrument.IsObservable && instrument.Name is "db.client.connection.count" or "db.client.connection.npgsql.pending_requests")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public double Used => _any ? _used : double.NaN;

    public double Idle => _any ? _idle : double.NaN;

    /// <summary>Callers that wait for a connection.</summary>
    public double Waiting => _any ? _waiting : double.NaN;

    /// <summary>Asks once; the figures are then as of now.</summary>
    public void Read()
    {
        (_used, _idle, _waiting) = (0, 0, 0);
        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        _any = true;
        if (instrument.Name != "db.client.connection.count") _waiting += value;
        else if (IsIdle(tags)) _idle += value;
        else _used += value;
    }

    private static bool IsIdle(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
            if (tag is { Key: "db.client.connection.state", Value: "idle" }) return true;
        return false;
    }
}

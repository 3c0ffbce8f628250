using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Readiness;

/// <summary>What the way to another process and back takes, with all that a call needs but the call.</summary>
/// <param name="To">An instance's name; <c>loopback</c> for this process's own listener, which is the least that it can be.</param>
/// <param name="Count">How often it was measured.</param>
/// <param name="P50Ms">Its median, in milliseconds.</param>
/// <param name="P99Ms">99 of 100 took at most this.</param>
public sealed record RoundTripReport(string To, long Count, double P50Ms, double P99Ms);

/// <summary>Measures every other second how long the way to each instance takes, and to this process's own wire.</summary>
internal sealed class RoundTrips(WireClient wire, Neighbours neighbours, TimeProvider clock, ProcessNote? note = null) : BackgroundService
{
    public const string Loopback = "loopback";

    private const int InARow = 3;
    private const int RowsToMeet = 3;
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, int> _met = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueWindow> _took = new(StringComparer.Ordinal);

    /// <summary>The instances that are there, and the own wire.</summary>
    public IReadOnlyList<RoundTripReport> All => [.. _took.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => Report(t.Key, t.Value)).OfType<RoundTripReport>()];

    /// <summary>To an instance where there is one, else to the own wire; null before anything was measured.</summary>
    public RoundTripReport? Best => All is { Count: > 0 } all ? all.FirstOrDefault(r => r.To != Loopback) ?? all[0] : null;

    /// <summary>The times behind a report.</summary>
    public float[] TimesTo(string to)
    {
        if (!_took.TryGetValue(to, out var took)) return [];
        lock (took) return took.Values.ToArray();
    }

    internal void Note(string to, TimeSpan took)
    {
        var window = _took.GetOrAdd(to, _ => new ValueWindow());
        lock (window) window.Add(took.TotalMilliseconds);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Measure(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task Measure(CancellationToken ct)
    {
        var there = neighbours.All.Where(n => n is { IsInstance: true, IsDraining: false, Wire: not null }).ToDictionary(n => n.Name, n => n.Wire!, StringComparer.Ordinal);
        foreach (var gone in _met.Keys.Where(name => name != Loopback && !there.ContainsKey(name)))
        {
            _took.TryRemove(gone, out _);
            _met.TryRemove(gone, out _);
        }

        if (note?.Wire is { } own) there[Loopback] = own;
        foreach (var (name, address) in there) await Measure(name, address, ct);
    }

    private async Task Measure(string name, Uri address, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_longest);
        try
        {
            // The first of a row wakes everything up, as the first call after a pause would; the first rows of all connect and compile.
            var isKnown = _met.AddOrUpdate(name, 1, static (_, rows) => rows + 1) > RowsToMeet;
            for (var i = 0; i < InARow; i++)
            {
                var began = clock.GetTimestamp();
                await wire.Ping(address, limit.Token);
                if (isKnown) Note(name, clock.GetElapsedTime(began));
            }
        }
        catch (Exception failure) when (!ct.IsCancellationRequested && failure is HttpRequestException or OperationCanceledException or WireFault)
        {
            // Whether it is well is others' business.
        }
    }

    private static RoundTripReport? Report(string to, ValueWindow took)
    {
        lock (took) return took.Percentile(50) is { } p50 ? new RoundTripReport(to, took.Count, Math.Round(p50, 3), Math.Round(took.Percentile(99)!.Value, 3)) : null;
    }
}

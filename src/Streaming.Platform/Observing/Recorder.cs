using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Streaming.Platform.Observing;

/// <summary>
/// Looks once a second at what this process counts, and remembers it for the charts. Requests pay nothing for that but the counters
/// that they turn anyway. Its memory is bounded: at most <see cref="MostLines"/> lines of 12 KiB, so 2.4 MiB.
/// </summary>
public sealed partial class Recorder : BackgroundService
{
    /// <summary>Seconds that are remembered one by one.</summary>
    public const int FineSlots = 900;

    /// <summary>Tens of seconds that are remembered: six hours.</summary>
    public const int CoarseSlots = 2160;

    /// <summary>Seconds of a coarse value.</summary>
    public const int Coarse = 10;

    /// <summary>More lines than this are not taken.</summary>
    public const int MostLines = 200;

    private const int Late = 3;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly List<Distribution> _distributions = [];
    private readonly TimeProvider _clock;
    private readonly ILogger<Recorder> _log;
    private long _second;
    private long _at;

    /// <summary>Begins with nothing to look at.</summary>
    public Recorder(TimeProvider clock, ILogger<Recorder> log)
    {
        (_clock, _log) = (clock, log);
        (Began, _second, _at) = (clock.GetUtcNow().ToUnixTimeSeconds(), clock.GetUtcNow().ToUnixTimeSeconds(), clock.GetTimestamp());
    }

    /// <summary>Raised after each second has been looked at, with its Unix time. What it throws is logged.</summary>
    public event Action<long>? Recorded;

    /// <summary>Unix time of the first second.</summary>
    public long Began { get; }

    /// <summary>Unix time of the newest second.</summary>
    public long Second
    {
        get { lock (_gate) return _second; }
    }

    /// <summary>All lines by name.</summary>
    public IEnumerable<Line> Lines => _lines.Values.OrderBy(l => l.Name, StringComparer.Ordinal);

    /// <summary>The line of that name, if there is one.</summary>
    public Line? this[string name] => _lines.GetValueOrDefault(name);

    /// <summary>Looks at these lines too from now on; those of a name that is taken, or beyond the bound, are left out.</summary>
    public void Add(params IEnumerable<Line> lines)
    {
        foreach (var line in lines)
            if (_lines.Count < MostLines) _lines.TryAdd(line.Name, line);
    }

    /// <summary>A distribution that percentile lines are read off.</summary>
    public Distribution Distribution(Action<uint[]> fill)
    {
        var distribution = new Distribution(fill);
        distribution.Advance(isFirstOfTen: true);
        lock (_gate) _distributions.Add(distribution);
        return distribution;
    }

    /// <summary>The newest values, oldest first, of as many slots as were recorded within the span.</summary>
    /// <param name="line">Of this line.</param>
    /// <param name="isFine">One a second, or one every ten.</param>
    /// <param name="slots">At most so many.</param>
    public (long From, float[] Values) History(Line line, bool isFine, int slots)
    {
        lock (_gate)
        {
            var step = isFine ? 1 : Coarse;
            var last = isFine ? _second : (_second + 1) / Coarse - 1;
            var first = Math.Max(last - Math.Min(slots, isFine ? FineSlots : CoarseSlots) + 1, isFine ? Began + 1 : Began / Coarse);
            var values = new float[Math.Max(0, last - first + 1)];
            for (var i = 0; i < values.Length; i++) values[i] = line.At(first + i, isFine);
            return (first * step, values);
        }
    }

    /// <summary>Looks at everything, if another second has begun.</summary>
    public void Look()
    {
        lock (_gate)
        {
            var second = _clock.GetUtcNow().ToUnixTimeSeconds();
            // The first moments of a second, or a clock that was set back.
            if (second <= _second) return;
            var at = _clock.GetTimestamp();
            var elapsed = Math.Max(0.001, _clock.GetElapsedTime(_at, at).TotalSeconds);
            foreach (var distribution in _distributions) distribution.Advance(second / Coarse != _second / Coarse);
            foreach (var line in _lines.Values)
            {
                line.Read(second, elapsed);
                // Nobody looked: a late look stands for a second or two before it as well, a rate being the mean of them all; more is a gap.
                var isLate = second - _second <= Late;
                for (var missed = Math.Max(_second + 1, second - FineSlots + 1); missed < second; missed++) line.Fill(missed, isLate);
                for (var ten = Math.Max(_second / Coarse + 1, second / Coarse - CoarseSlots); ten < second / Coarse; ten++) line.SkipTen(ten);
                line.Close(second / Coarse);
            }

            (_second, _at) = (second, at);
        }

        try
        {
            Recorded?.Invoke(_second);
        }
        catch (Exception failure)
        {
            LookFailed(_log, failure);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Look();
            // Early in the next second, so that a look that comes a little late is still within it.
            var until = TimeSpan.FromMilliseconds(1050 - _clock.GetUtcNow().Millisecond);
            await Task.Delay(until, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "What the second told could not be judged; the next one is looked at all the same")]
    private static partial void LookFailed(ILogger logger, Exception failure);
}

namespace Streaming.Host.Gateway.Shedding;

/// <summary>
/// How many requests are worked on at once, found out from how long they take: Gradient2 of Netflix's concurrency-limits. While answers
/// take no longer than they usually do the limit grows; as they take longer it falls in proportion.
/// </summary>
/// <remarks>
/// Gradient2 has the flaw (its issue 134) that in a long overload the usual time follows the present one, until nothing seems slow any
/// more. So while work is refused, the usual time follows at a tenth of its speed.
/// </remarks>
internal sealed class AdaptiveLimit(TimeProvider clock)
{
    private const double QueueSize = 4;
    private const double Smoothing = 0.2;
    private const int UsualWindows = 600;
    private const int WarmUpWindows = 10;
    private const int LeastSamples = 10;

    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private double _limit;
    private double _usual;
    private int _windows;
    private long _began = clock.GetTimestamp();
    private double _sum;
    private int _samples;
    private int _mostInFlight;
    private bool _refused;

    /// <summary>Now.</summary>
    public double Now(SheddingOptions options) =>
        Math.Clamp(Volatile.Read(ref _limit) is var limit and > 0 ? limit : options.Initial, options.Minimum, options.Maximum);

    /// <summary>Something had to be refused.</summary>
    public void Refused() => Volatile.Write(ref _refused, true);

    /// <summary>An answer is out.</summary>
    /// <param name="seconds">It took so long.</param>
    /// <param name="inFlight">So many were being worked on when it began.</param>
    /// <param name="now">The clock's timestamp.</param>
    public void Answered(double seconds, int inFlight, long now, SheddingOptions options)
    {
        lock (_gate)
        {
            _sum += seconds;
            _samples++;
            _mostInFlight = Math.Max(_mostInFlight, inFlight);
            var age = clock.GetElapsedTime(_began, now);
            if (age < _shortest || (age < _longest && _samples < LeastSamples)) return;
            Close(Math.Max(_sum / _samples, 1e-6), options);
            (_began, _sum, _samples, _mostInFlight, _refused) = (now, 0, 0, 0, false);
        }
    }

    private void Close(double present, SheddingOptions options)
    {
        _windows++;
        var weight = _windows <= WarmUpWindows ? 1d / _windows : 2d / (UsualWindows + 1) * (_refused && present > _usual ? 0.1 : 1);
        _usual += (present - _usual) * weight;
        // After a slow time that is over, what counts as usual comes down faster than an average would.
        if (_usual / present > 2) _usual *= 0.95;

        var limit = Now(options);
        // Nobody has tried the limit, so nothing is known about it.
        if (_mostInFlight < limit / 2 && !_refused) return;
        var gradient = Math.Clamp(options.Tolerance * _usual / present, 0.5, 1);
        var next = (limit * (1 - Smoothing)) + (((limit * gradient) + QueueSize) * Smoothing);
        Volatile.Write(ref _limit, Math.Clamp(next, options.Minimum, options.Maximum));
    }
}

using System.Globalization;
using System.Security.Cryptography;

namespace Streaming.Platform.Caching;

/// <summary>
/// When a value was asked for, and by whom, in an order that all processes agree on. As text its digits compare like the version,
/// in any locale; the time alone is exact in a double, which is all that a sorted set can hold.
/// </summary>
internal readonly record struct CacheVersion(long Time, int Node) : IComparable<CacheVersion>
{
    /// <summary>Characters of its text.</summary>
    public const int Length = 21;

    public int CompareTo(CacheVersion other) => Time != other.Time ? Time.CompareTo(other.Time) : Node.CompareTo(other.Node);

    public bool TryFormat(Span<byte> utf8) => Time.TryFormat(utf8, out _, "D16", CultureInfo.InvariantCulture)
        && Node.TryFormat(utf8[16..], out _, "D5", CultureInfo.InvariantCulture);

    public static bool TryParse(ReadOnlySpan<byte> utf8, out CacheVersion version)
    {
        version = default;
        if (utf8.Length < Length || !long.TryParse(utf8[..16], NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            || !int.TryParse(utf8[16..Length], NumberStyles.None, CultureInfo.InvariantCulture, out var node)) return false;
        version = new(time, node);
        return true;
    }

    public static bool operator <(CacheVersion one, CacheVersion other) => one.CompareTo(other) < 0;

    public static bool operator >(CacheVersion one, CacheVersion other) => one.CompareTo(other) > 0;

    public static bool operator <=(CacheVersion one, CacheVersion other) => one.CompareTo(other) <= 0;

    public static bool operator >=(CacheVersion one, CacheVersion other) => one.CompareTo(other) >= 0;
}

/// <summary>
/// A hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014, figure 5): wall time in milliseconds and a counter, never
/// behind anything it has seen. 41 bits of milliseconds since 2020 and 12 of counter, which carries into the milliseconds.
/// </summary>
internal sealed class HybridClock(TimeProvider clock, int node)
{
    private const int CounterBits = 12;
    private static readonly long _since = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    // What processes may differ by without a removal losing to a load that began before it.
    private const int SkewMs = 100;

    private long _last;

    public HybridClock(TimeProvider clock) : this(clock, RandomNumberGenerator.GetInt32(100_000))
    {
    }

    public long UnixMilliseconds => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public CacheVersion Next() => After(UnixMilliseconds);

    /// <summary>For what must win over everything that has begun anywhere, also where a clock is a little ahead of this one.</summary>
    public CacheVersion NextOfAll() => After(UnixMilliseconds + SkewMs);

    public void Observe(long time)
    {
        for (var last = Volatile.Read(ref _last); time > last; last = Volatile.Read(ref _last))
            if (Interlocked.CompareExchange(ref _last, time, last) == last) return;
    }

    public static long TimeOf(long unixMilliseconds) => (unixMilliseconds - _since) << CounterBits;

    private CacheVersion After(long unixMilliseconds)
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(TimeOf(unixMilliseconds), last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return new(next, node);
        }
    }
}

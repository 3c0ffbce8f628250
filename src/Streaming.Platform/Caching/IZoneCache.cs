namespace Streaming.Platform.Caching;

/// <summary>
/// A cache that the death of a zone is not noticed behind: the closest copy is read, all are written. Values are shared between
/// callers and must never be changed; they are kept as JSON by <see cref="Wire.ContractJson"/>. Nothing that happens to the cache itself is
/// thrown: what it cannot answer, the source does.
/// </summary>
public interface IZoneCache
{
    /// <summary>
    /// The value of the key, made by <paramref name="factory"/> where there is none: once for all who ask at the same time, in all
    /// processes. Past its soft life the value is answered as it is, and made anew meanwhile.
    /// </summary>
    /// <param name="key">By what the value is known to every process, such as <c>catalog:titles:…</c>.</param>
    /// <param name="state">Handed to the factory.</param>
    /// <param name="factory">Asks the source; null is answered and not kept. It may outlive its caller, so it uses nothing of the caller's scope.</param>
    /// <param name="life">How long the value lives and what it is tagged with.</param>
    /// <param name="cancellationToken">Ends this caller's wait, not the factory that others wait for as well.</param>
    /// <exception cref="TimeoutException">The source took longer than <c>cache:source:timeoutMs</c>.</exception>
    ValueTask<T?> GetOrCreate<T, TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T?>> factory, CacheLife life, CancellationToken cancellationToken)
        where T : class;

    /// <summary>The value, or null where there is none.</summary>
    ValueTask<T?> Get<T>(string key, CancellationToken cancellationToken) where T : class;

    /// <summary>Keeps a value instead of all older ones. Returns when one zone has it; the others follow.</summary>
    ValueTask Set<T>(string key, T value, CacheLife life, CancellationToken cancellationToken) where T : class;

    /// <summary>Forgets the key. No older value of it is answered again, also from a zone that was away.</summary>
    ValueTask Remove(string key, CancellationToken cancellationToken);

    /// <summary>Forgets everything that was made or set with this tag until now; in other processes at once or, where the message is lost, within 5 s.</summary>
    ValueTask Invalidate(string tag, CancellationToken cancellationToken);

    /// <summary>What was answered from where since the start of this process, and how the zones fare.</summary>
    CacheReport Report();
}

/// <summary>How long a value lives; both spans are varied by a tenth, so that what was made together does not end together.</summary>
/// <param name="Soft">After this it is made anew at the next asking, and answered as it is until then.</param>
/// <param name="Hard">After this it is gone; from <see cref="Soft"/> to 24 h.</param>
public sealed record CacheLife(TimeSpan Soft, TimeSpan Hard)
{
    /// <summary>The longest life, in which invalidations must be remembered.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>By what it can be invalidated together with others; at most 32.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The same life with these tags.</summary>
    public CacheLife Tagged(params IReadOnlyList<string> tags) => this with { Tags = tags };

    internal CacheLife Checked() =>
        Soft <= TimeSpan.Zero || Hard < Soft || Hard > Longest ? throw new ArgumentOutOfRangeException(nameof(Hard), $"A life of {Soft}, {Hard} is not soft ≤ hard ≤ 24 h.")
        : Tags.Count > 32 ? throw new ArgumentOutOfRangeException(nameof(Tags), "More than 32 tags.") : this;
}

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

    /// <summary>
    /// The values of several keys, in the order of their ids and null where there is none: all that are not in this process's memory are asked
    /// of a zone in one round trip, and what no zone has is made by one run of <paramref name="factory"/>.
    /// </summary>
    /// <param name="ids">Each once.</param>
    /// <param name="keyOf">The key of an id.</param>
    /// <param name="state">Handed to the factory.</param>
    /// <param name="factory">
    /// Asks the source for some of the ids; those that it leaves out there are none of. It runs once for all in this process who ask for an
    /// id at the same time; another process may run its own. Where one value is due to be made anew, those that soon will be go along.
    /// </param>
    /// <param name="life">How long the values live and what they are tagged with.</param>
    /// <param name="cancellationToken">Ends this caller's wait, not the factory that others wait for as well.</param>
    /// <exception cref="TimeoutException">The source took longer than <c>cache:source:timeoutMs</c>.</exception>
    ValueTask<T?[]> GetOrCreateMany<TId, T, TState>(
        IReadOnlyList<TId> ids, Func<TId, string> keyOf, TState state,
        Func<TState, IReadOnlyList<TId>, CancellationToken, ValueTask<IReadOnlyDictionary<TId, T>>> factory, CacheLife life, CancellationToken cancellationToken)
        where TId : notnull
        where T : class;

    /// <summary>The value, or null where there is none.</summary>
    ValueTask<T?> Get<T>(string key, CancellationToken cancellationToken) where T : class;

    /// <summary>Keeps a value instead of all older ones. Returns when one zone has it; the others follow.</summary>
    ValueTask Set<T>(string key, T value, CacheLife life, CancellationToken cancellationToken) where T : class;

    /// <summary>Forgets the key. No older value of it is answered again, also from a zone that was away.</summary>
    ValueTask Remove(string key, CancellationToken cancellationToken);

    /// <summary>Forgets everything that was made or set with this tag until now; in other processes at once or, where the message is lost, within 5 s.</summary>
    ValueTask Invalidate(string tag, CancellationToken cancellationToken);

    /// <summary>
    /// Has <paramref name="changed"/> told, at once, the keys that another process has removed or set; for who keeps copies of its own. Messages
    /// get lost, and without zones there are none.
    /// </summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="changed">Must neither block nor throw.</param>
    void Listen(string prefix, Action<string> changed);

    /// <summary>The counts of something that a module keeps in memory of its own, so that its hit rate is shown beside the others.</summary>
    /// <param name="name">Module and thing, such as <c>users:session</c>.</param>
    CacheUse Use(string name);

    /// <summary>What was answered from where since the start of this process, and how the zones fare.</summary>
    CacheReport Report();
}

/// <summary>A value that knows whether it may be kept. One that may not is answered to whoever waits for it and then gone.</summary>
public interface ICacheChoice
{
    /// <summary>Whether the next one who asks may get it too.</summary>
    bool IsKept { get; }
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

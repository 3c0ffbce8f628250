using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;

namespace Streaming.Catalog.Titles;

/// <summary>
/// The facts of published titles in the zone cache, one entry a title: lists differ from page to page, titles do not. Of a title that is not
/// published there is only that.
/// </summary>
internal sealed class TitleCache(IZoneCache cache, IServiceScopeFactory scopes)
{
    /// <summary>Of lists of titles, see <see cref="ListCache"/>.</summary>
    public const string ListTag = "catalog:lists";

    private const string Tag = "catalog:titles";

    // What changes is forgotten when it does, so this is for the time when nobody can be asked.
    private static readonly CacheLife _life = new CacheLife(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30)).Tagged(Tag);

    public async ValueTask<Dictionary<Guid, TitleFacts>> Find(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var distinct = ids.Distinct().ToArray();
        var found = await cache.GetOrCreateMany(distinct, KeyOf, scopes, Read, _life, cancellationToken);
        var facts = new Dictionary<Guid, TitleFacts>(distinct.Length);
        for (var i = 0; i < distinct.Length; i++)
            if (found[i]?.Published is { } title) facts.Add(distinct[i], title);
        return facts;
    }

    /// <summary>What has been committed of these titles is what is read from now on, everywhere.</summary>
    /// <param name="titles">With the series of episodes, whose facts tell of them.</param>
    public async Task Forget(IEnumerable<Guid> titles)
    {
        await Task.WhenAll(titles.Distinct().Select(id => cache.Remove(KeyOf(id), CancellationToken.None).AsTask()));
        await cache.Invalidate(ListTag, CancellationToken.None);
    }

    /// <summary>The same where nothing is known of the title but that it has changed.</summary>
    public async Task Forget(Guid title, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var series = await scope.ServiceProvider.GetRequiredService<CatalogDbContext>().Titles.IgnoreQueryFilters()
            .Where(t => t.Id == title).Select(t => t.SeriesId).SingleOrDefaultAsync(cancellationToken);
        await Forget([title, series ?? title]);
    }

    /// <summary>The same where it is not known which.</summary>
    public async Task ForgetAll()
    {
        await cache.Invalidate(Tag, CancellationToken.None);
        await cache.Invalidate(ListTag, CancellationToken.None);
    }

    private static string KeyOf(Guid id) => $"catalog:title:{id:N}";

    // Whoever asked first may be gone before the answer is there, and with them their scope.
    private static async ValueTask<IReadOnlyDictionary<Guid, Entry>> Read(IServiceScopeFactory scopes, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        var entries = (await db.PublishedFacts(ids, cancellationToken)).ToDictionary(f => f.Key, f => new Entry(f.Value));
        Guid[] others = [.. ids.Where(id => !entries.ContainsKey(id))];
        if (others.Length == 0) return entries;
        // Of an id that nobody has given there is no entry: there is no end to those.
        foreach (var id in await db.Titles.IgnoreQueryFilters().Where(t => others.Contains(t.Id) && t.PublishedVersion == null).Select(t => t.Id).ToListAsync(cancellationToken))
            entries[id] = new Entry(null);
        return entries;
    }

    private sealed record Entry(TitleFacts? Published) : ICacheChoice
    {
        /// <summary>What is still being encoded changes with every segment and is read each time.</summary>
        [JsonIgnore]
        public bool IsKept => Published?.Video is null or { IsWhole: true };
    }
}

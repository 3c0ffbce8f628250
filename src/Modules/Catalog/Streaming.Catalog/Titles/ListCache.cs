using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using Streaming.Users;

namespace Streaming.Catalog.Titles;

/// <summary>
/// Which titles are in a list, apart for every age limit: by that and by the hour it is decided. A list is read on behalf of nobody but its
/// audience, and is outdated at the first moment at which the window of any of its audience's titles begins or ends.
/// </summary>
internal sealed class ListCache(IZoneCache cache, IServiceScopeFactory scopes, CallContext context, TimeProvider clock)
{
    private static readonly CacheLife _life = new CacheLife(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30)).Tagged(TitleCache.ListTag);

    /// <summary>The list, as it is for the caller now.</summary>
    /// <param name="use">What for: the second part of the key.</param>
    /// <param name="name">Tells it from the others of its use.</param>
    /// <param name="read">Reads it; it must use nothing but the context that it is given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<T>> Get<T>(
        string use, string name, Func<CatalogDbContext, CancellationToken, Task<List<T>>> read, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(context.Caller.MaturityLimit, ViewerCaller.StrictestMaturity, ViewerCaller.AnyMaturity);
        var loading = new Loading<T>(scopes, clock, limit, read);
        for (var key = $"catalog:{use}:{limit}:{name}"; ;)
        {
            var list = (await cache.GetOrCreate(key, loading, static (load, ct) => load.Read(ct), _life, cancellationToken))!;
            if (list.Until is not { } until || until > clock.GetUtcNow()) return list.Items;
            // Every host comes to the same key then, whose list was read after that moment.
            key = $"catalog:{use}:{limit}:{name}:{until.ToUnixTimeMilliseconds()}";
        }
    }

    private sealed record Listed<T>(IReadOnlyList<T> Items, DateTimeOffset? Until) : ICacheChoice
    {
        /// <summary>Anybody can think up genres that there are not; they are not worth the room.</summary>
        [JsonIgnore]
        public bool IsKept => Items.Count > 0;
    }

    private sealed record Loading<T>(
        IServiceScopeFactory Scopes, TimeProvider Clock, int Limit, Func<CatalogDbContext, CancellationToken, Task<List<T>>> From)
    {
        public async ValueTask<Listed<T>?> Read(CancellationToken cancellationToken)
        {
            await using var scope = Scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CallContext>().Caller =
                new Caller(null, [], new Dictionary<string, string> { [ViewerCaller.MaturityAttribute] = $"{Limit}" });
            var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
            var now = Clock.GetUtcNow();
            var until = await NextWindow(db, now, cancellationToken);
            return new Listed<T>(await From(db, cancellationToken), until);
        }

        // A window begins before it ends, so the next moment of a title is its beginning where that is to come.
        private Task<DateTimeOffset?> NextWindow(CatalogDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
            db.Titles.IgnoreQueryFilters()
                .Where(t => t.PublishedVersion != null && t.Maturity <= Limit && (t.AvailableFrom > now || t.AvailableUntil > now))
                .MinAsync(t => t.AvailableFrom > now ? t.AvailableFrom : t.AvailableUntil, cancellationToken);
    }
}

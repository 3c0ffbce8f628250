using Streaming.Platform.Caching;

namespace Streaming.Recommendations.Home;

/// <summary>
/// What was popular when that was last known, for most of a day and in every process that shares the cache: it is there when the module
/// and its database are not.
/// </summary>
/// <param name="TitleIds">Most popular first.</param>
internal sealed record LastPopular(IReadOnlyList<Guid> TitleIds)
{
    private const string Key = "recommendations:popular";

    private static readonly CacheLife _life = new(TimeSpan.FromHours(20), TimeSpan.FromHours(20));

    public static async ValueTask Keep(IZoneCache cache, HomeAudience audience, IEnumerable<HomeRow> rows, CancellationToken ct)
    {
        if (rows.FirstOrDefault(row => row.Id == CandidateRows.Popular) is { } popular)
            await cache.Set($"{Key}:{audience.Name}", new LastPopular(popular.TitleIds), _life, ct);
    }

    public static ValueTask<LastPopular?> Of(IZoneCache cache, HomeAudience audience, CancellationToken ct) => cache.Get<LastPopular>($"{Key}:{audience.Name}", ct);
}

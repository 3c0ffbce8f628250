using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using Streaming.Recommendations.Publishing;

namespace Streaming.Recommendations.Home;

/// <summary>
/// Candidate rows for seconds, apart for every audience. Of many who miss one at once one gathers it for all, on behalf of nobody but
/// their audience.
/// </summary>
internal sealed class RowCache(IZoneCache cache, IServiceScopeFactory scopes)
{
    private const string Key = "recommendations:home";

    // What is popular moves without an event, and nobody waits for it: a page past its soft life is answered, and gathered anew meanwhile. It holds
    // ids only; who may see them is asked of the catalogue again when they are shown.
    private static readonly CacheLife _life = new CacheLife(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)).Tagged(PublishedTitle.Tag);

    public async Task<Result<HomeRow[]>> Get(Caller caller, CancellationToken ct)
    {
        var audience = HomeAudience.Of(caller);
        try
        {
            return (await cache.GetOrCreate($"{Key}:{audience.Name}", (cache, scopes, audience), static (call, ct) => Gather(call.cache, call.scopes, call.audience, ct), _life, ct))!;
        }
        catch (NotGathered failure)
        {
            return failure.Error;
        }
        catch (TimeoutException)
        {
            return Error.Unavailable("rows-late", "The rows were not gathered in time. Try again.");
        }
    }

    private static async ValueTask<HomeRow[]?> Gather(IZoneCache cache, IServiceScopeFactory scopes, HomeAudience audience, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = audience.Caller;
        var gathered = await scope.ServiceProvider.GetRequiredService<CandidateRows>().Gather(ct);
        if (!gathered.TryGet(out var rows, out var error)) throw new NotGathered(error);
        await LastPopular.Keep(cache, audience, rows, ct);
        return rows;
    }

    // The cache keeps what is returned and not what is thrown: the next one tries for itself.
    private sealed class NotGathered(Error error) : Exception(error.Message)
    {
        public Error Error => error;
    }
}

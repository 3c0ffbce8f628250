using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using Streaming.Recommendations.Publishing;
using Streaming.Users;

namespace Streaming.Recommendations.Home;

/// <summary>
/// Candidate rows for seconds, apart for every maturity limit and for those who see all titles: by that the catalogue decides
/// what it shows to a caller. So there are never more than 20 entries. Of many who miss one at once one gathers it for all, on behalf
/// of nobody but their audience.
/// </summary>
internal sealed class RowCache(IZoneCache cache, IServiceScopeFactory scopes)
{
    private const string Key = "recommendations:home";

    // What is popular moves without an event, and nobody waits for it: a page past its soft life is answered, and gathered anew meanwhile. It holds
    // ids only; who may see them is asked of the catalogue again when they are shown.
    private static readonly CacheLife _life = new CacheLife(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)).Tagged(PublishedTitle.Tag);

    public async Task<Result<HomeRow[]>> Get(Caller caller, CancellationToken ct)
    {
        int? limit = caller.SeesAllTitles ? null : Math.Clamp(caller.MaturityLimit, ViewerCaller.StrictestMaturity, ViewerCaller.AnyMaturity);
        try
        {
            return (await cache.GetOrCreate($"{Key}:{(limit is { } age ? $"{age}" : "all")}", (scopes, limit), static (audience, ct) => Gather(audience.scopes, audience.limit, ct), _life, ct))!;
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

    // Whoever asked first may be gone before the rows are there, and with them their scope.
    private static async ValueTask<HomeRow[]?> Gather(IServiceScopeFactory scopes, int? limit, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = limit is { } age
            ? new Caller(null, [], new Dictionary<string, string> { [ViewerCaller.MaturityAttribute] = $"{age}" })
            : new Caller(null, [Roles.Publisher], new Dictionary<string, string>());
        var gathered = await scope.ServiceProvider.GetRequiredService<CandidateRows>().Gather(ct);
        return gathered.TryGet(out var rows, out var error) ? rows : throw new NotGathered(error);
    }

    // The cache keeps what is returned and not what is thrown: the next one tries for itself.
    private sealed class NotGathered(Error error) : Exception(error.Message)
    {
        public Error Error => error;
    }
}

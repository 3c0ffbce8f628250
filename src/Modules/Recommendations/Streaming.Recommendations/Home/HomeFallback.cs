using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;

namespace Streaming.Recommendations.Home;

/// <summary>
/// The home page while its rows cannot be had and the last good page is too old: what was last popular, or where that was never known
/// the newest of the catalogue, which everybody has. Made once in a few seconds for a whole audience, so a page costs no more than a look into
/// the cache.
/// </summary>
internal sealed class HomeFallback(IZoneCache cache, IServiceScopeFactory scopes) : IFallback<GetHomeRows, HomeRows>
{
    public const string BuiltIn = "built-in";

    private const string Key = "recommendations:fallback";
    private const int RowLength = 40;

    private static readonly CacheLife _life = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

    public async Task<Fallback<HomeRows>?> Answer(GetHomeRows request, Caller caller, CancellationToken cancellationToken)
    {
        var audience = HomeAudience.Of(caller);
        var made = await cache.GetOrCreate($"{Key}:{audience.Name}", (self: this, audience), static (call, ct) => call.self.Make(call.audience, ct), _life, cancellationToken);
        return made is null ? null : new(made.Name, new HomeRows([made.Row with { TitleIds = [.. made.Row.TitleIds.Take(Math.Clamp(request.Limit, 1, RowLength))] }]));
    }

    private async ValueTask<StandIn?> Make(HomeAudience audience, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = audience.Caller;
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        // The catalogue says which of them may still be seen.
        if (await LastPopular.Of(cache, audience, ct) is { } last && (await mediator.Send(new GetTitles(last.TitleIds), ct)).TryGet(out var cards, out _))
        {
            var shown = cards.Items.Where(t => t.State == TitleStates.Published).Select(t => t.Id).ToHashSet();
            if (shown.Count > 0) return new StandIn(CandidateRows.Popular, new HomeRow(CandidateRows.Popular, "Popular now", [.. last.TitleIds.Where(shown.Contains)]));
        }

        var newest = await mediator.Send(new BrowseTitles(State: TitleStates.Published, Limit: RowLength), ct);
        return newest.TryGet(out var page, out _) && page.Items.Count > 0
            ? new StandIn(BuiltIn, new HomeRow("all", "All titles", [.. page.Items.Select(t => t.Id)]))
            : null;
    }

    internal sealed record StandIn(string Name, HomeRow Row);
}

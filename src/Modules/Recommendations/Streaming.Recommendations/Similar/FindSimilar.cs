using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Recommendations.Data;

namespace Streaming.Recommendations.Similar;

/// <summary>
/// Titles that share genres with a title. A shared genre weighs <c>ln(1 + N/n)</c>, so a rare one says more (inverse document
/// frequency; n titles have it, of N genre entries), and the same kind weighs a quarter more; among equals the more popular is
/// first. Of each genre only the first 100 titles in the catalogue's order are candidates. What viewers watch together is not used.
/// </summary>
internal static class FindSimilar
{
    private const int MostGenres = 6;
    private const int MostOfGenre = 100;
    private const double SameKind = 1.25;

    internal sealed record TitleIdList(IReadOnlyList<Guid> Items);

    internal sealed class Rules : AbstractValidator<GetSimilarTitles>
    {
        public Rules() => RuleFor(q => q.Limit).InclusiveBetween(1, 40);
    }

    internal sealed class Handler(RecommendationsDbContext db, IMediator mediator) : IRequestHandler<GetSimilarTitles, Result<SimilarTitles>>
    {
        public async Task<Result<SimilarTitles>> Handle(GetSimilarTitles request, CancellationToken cancellationToken)
        {
            var found = await Find(request.TitleId, cancellationToken);
            if (!found.TryGet(out var title, out var error)) return error;
            var asked = await mediator.Send(new GetGenres(), cancellationToken);
            if (!asked.TryGet(out var counts, out error)) return error;

            var total = (double)counts.Items.Sum(g => g.Titles);
            var genres = counts.Items.Where(g => g.Titles > 0 && title.Genres.Contains(g.Genre)).OrderBy(g => g.Titles).Take(MostGenres).ToArray();
            if (genres.Length == 0) return new SimilarTitles([]);
            var stocked = await mediator.Send(new GetGenreShelves([.. genres.Select(g => g.Genre)], MostOfGenre), cancellationToken);
            if (!stocked.TryGet(out var shelves, out error)) return error;

            var likeness = new Dictionary<Guid, double>();
            foreach (var (genre, shelf) in genres.Zip(shelves.Items))
                foreach (var shelved in shelf.Titles.Where(t => t.Id != title.Id))
                    likeness[shelved.Id] = likeness.GetValueOrDefault(shelved.Id)
                        + (Math.Log(1 + (total / genre.Titles)) * (shelved.Kind == title.Kind ? SameKind : 1));

            var ids = likeness.Keys.ToArray();
            var ranks = await db.Popularity.Where(p => ids.Contains(p.TitleId)).ToDictionaryAsync(p => p.TitleId, p => p.Rank, cancellationToken);
            return new SimilarTitles([.. likeness.OrderByDescending(l => l.Value)
                .ThenByDescending(l => ranks.GetValueOrDefault(l.Key, double.MinValue)).ThenByDescending(l => l.Key)
                .Take(request.Limit).Select(l => l.Key)]);
        }

        /// <summary>The title, or for an episode its series, which has the genres that tell.</summary>
        private async Task<Result<TitleCard>> Find(Guid id, CancellationToken ct)
        {
            var asked = await mediator.Send(new GetTitles([id]), ct);
            if (!asked.TryGet(out var titles, out var error)) return error;
            return titles.Items switch
            {
                [] => Error.NotFound("title", id),
                [{ Kind: TitleKinds.Episode, SeriesId: { } series }, ..] when series != id => await Find(series, ct),
                [var title, ..] => title,
            };
        }
    }

    internal static void Map(RouteGroupBuilder recommendations) =>
        recommendations.MapGet("/similar/{titleId:guid}", async (Guid titleId, IMediator mediator, CancellationToken ct, int limit = 12) =>
                (await mediator.Send(new GetSimilarTitles(titleId, limit), ct)).ToHttp(similar => TypedResults.Ok(new TitleIdList(similar.TitleIds))))
            .WithName("GetSimilarTitles")
            .WithSummary("Titles like this one by genre and kind, best first, as title ids")
            .Produces<TitleIdList>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

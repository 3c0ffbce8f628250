using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Titles;

/// <summary>The genres of the films and series that the caller may see.</summary>
internal static class CountGenres
{
    internal sealed class Handler(CatalogDbContext db, ListCache lists) : IRequestHandler<GetGenres, Result<GenreList>>
    {
        public async Task<Result<GenreList>> Handle(GetGenres request, CancellationToken cancellationToken) =>
            new GenreList(db.SeesAll ? await Count(db, cancellationToken) : await lists.Get("genres", "all", Count, cancellationToken));

        private static async Task<List<GenreCount>> Count(CatalogDbContext db, CancellationToken cancellationToken)
        {
            var counted = await db.Titles.Where(t => t.Kind != TitleKinds.Episode).SelectMany(t => t.Genres)
                .GroupBy(g => g.Genre).Select(g => new { Genre = g.Key, Titles = g.Count() })
                .ToListAsync(cancellationToken);
            return [.. counted
                .OrderByDescending(g => g.Titles).ThenBy(g => g.Genre, StringComparer.Ordinal)
                .Select(g => new GenreCount(g.Genre, g.Titles))];
        }
    }

    internal static void Map(IEndpointRouteBuilder catalog) =>
        catalog.MapGet("/genres", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new GetGenres(), ct)).ToHttp())
            .WithName("GetGenres").WithSummary("Genres with the number of titles that the caller may see, most first.")
            .Produces<GenreList>();
}

using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;

namespace Streaming.Catalog.Titles;

/// <summary>The newest titles of several genres.</summary>
internal static class ShelveGenres
{
    private const int MostGenres = 20;

    internal sealed class Rules : AbstractValidator<GetGenreShelves>
    {
        public Rules()
        {
            RuleFor(s => s.Genres).Must(genres => genres is { Count: > 0 and <= MostGenres } && genres.Distinct().Count() == genres.Count)
                .WithMessage($"Name 1 to {MostGenres} genres, each once.");
            RuleForEach(s => s.Genres).NotNull().MaximumLength(TitleGenre.MaxLength);
            RuleFor(s => s.Limit).InclusiveBetween(1, 100);
        }
    }

    internal sealed class Handler(CatalogDbContext db, ListCache lists) : IRequestHandler<GetGenreShelves, Result<GenreShelves>>
    {
        public async Task<Result<GenreShelves>> Handle(GetGenreShelves request, CancellationToken cancellationToken)
        {
            // A query a genre walks its index until the shelf is full; one for all would look at every title of every genre.
            var shelves = new List<GenreShelf>(request.Genres.Count);
            foreach (var genre in request.Genres)
                shelves.Add(new GenreShelf(genre, db.SeesAll
                    ? await Newest(db, genre, request.Limit, cancellationToken)
                    : await lists.Get("shelf", $"{request.Limit}:{genre}", (own, ct) => Newest(own, genre, request.Limit, ct), cancellationToken)));
            return new GenreShelves(shelves);
        }

        private static Task<List<ShelvedTitle>> Newest(CatalogDbContext db, string genre, int limit, CancellationToken cancellationToken) => (
            from shelved in db.TitleGenres
            where shelved.Genre == genre
            join title in db.Titles on shelved.TitleId equals title.Id
            where title.PublishedVersion != null && title.Kind != TitleKinds.Episode
            orderby shelved.TitleId descending
            select new ShelvedTitle(title.Id, title.Kind)).Take(limit).ToListAsync(cancellationToken);
    }
}

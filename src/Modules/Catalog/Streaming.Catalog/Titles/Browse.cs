using System.Buffers.Text;
using System.Text;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Titles;

/// <summary>Pages through titles. A page begins after the last title of the one before, so that what is added meanwhile shifts nothing.</summary>
internal static class Browse
{
    internal const string ByName = "name";
    internal const string ByAge = "newest";

    internal sealed class Rules : AbstractValidator<BrowseTitles>
    {
        public Rules()
        {
            RuleFor(b => b.Limit).InclusiveBetween(1, 100);
            RuleFor(b => b.Genre).MaximumLength(TitleGenre.MaxLength);
            RuleFor(b => b.Search).MaximumLength(TitleMetadata.MaxName);
            RuleFor(b => b.Kind).Must(kind => kind is null or TitleKinds.Film or TitleKinds.Series or TitleKinds.Episode)
                .WithMessage("A kind is film, series or episode.");
            RuleFor(b => b.State).Must(state => state is null or TitleStates.Draft or TitleStates.Published)
                .WithMessage("A state is draft or published.");
            RuleFor(b => b.Sort).Must(sort => sort is null or ByName or ByAge).WithMessage("Titles are sorted by newest or by name.");
            RuleFor(b => b.After).Must(after => after is null || Cursor.Read(after) is not null)
                .WithMessage("This is no cursor of a page; leave it out to begin.");
        }
    }

    internal sealed class Handler(CatalogDbContext db, VisibleTitles visible, ListCache lists) : IRequestHandler<BrowseTitles, Result<TitlePage>>
    {
        public async Task<Result<TitlePage>> Handle(BrowseTitles request, CancellationToken cancellationToken)
        {
            if (db.SeesAll)
            {
                var shown = await db.Shown(Titles(db, request)).ToListAsync(cancellationToken);
                return new TitlePage([.. shown.Take(request.Limit).Select(t => t.Card)], Next([.. shown.Select(t => Entry.Of(t.Title))], request.Limit));
            }

            var found = await Known(request, cancellationToken) ?? await Titles(db, request).Select(t => new Entry(t.Id, t.SortName)).ToListAsync(cancellationToken);
            return new TitlePage(await visible.Cards([.. found.Take(request.Limit).Select(e => e.Id)], cancellationToken), Next(found, request.Limit));
        }

        /// <summary>First pages are what everybody begins with; there are too many of the others to keep.</summary>
        private async Task<IReadOnlyList<Entry>?> Known(BrowseTitles request, CancellationToken cancellationToken) =>
            request.After is not null || !string.IsNullOrEmpty(request.Search) || request.State == TitleStates.Draft
                ? null
                : await lists.Get("browse", $"{request.Kind}:{request.Genre}:{request.Sort ?? ByAge}:{request.Limit}", (db, ct) =>
                    Titles(db, request).Select(t => new Entry(t.Id, t.SortName)).ToListAsync(ct), cancellationToken);

        private static string? Next(IReadOnlyList<Entry> found, int limit) =>
            found.Count > limit ? new Cursor(found[limit - 1].Id, found[limit - 1].SortName).Write() : null;

        private static IQueryable<Title> Titles(CatalogDbContext db, BrowseTitles request)
        {
            var titles = request.Kind is { } kind ? db.Titles.Where(t => t.Kind == kind) : db.Titles.Where(t => t.Kind != TitleKinds.Episode);
            if (request.Genre is { } genre) titles = titles.Where(t => t.Genres.Any(g => g.Genre == genre));
            if (request.State is { } state) titles = titles.Where(t => t.PublishedVersion != null == (state == TitleStates.Published));
            if (FoldedText.Of(request.Search ?? "") is { Length: > 0 } part) titles = titles.Where(t => t.SortName.Contains(part));

            return Order(titles, request.Sort == ByName, request.After is { } after ? Cursor.Read(after) : null).Take(request.Limit + 1);
        }

#pragma warning disable CA1307, CA1309, CA1310 // SQL compares, and the column says how
        private static IQueryable<Title> Order(IQueryable<Title> titles, bool byName, Cursor? last)
        {
            if (!byName)
            {
                if (last is not null) titles = titles.Where(t => t.Id < last.Id);
                return titles.OrderByDescending(t => t.Id);
            }

            if (last is not null)
                titles = titles.Where(t => string.Compare(t.SortName, last.Name) >= 0 && (t.SortName != last.Name || t.Id > last.Id));
            return titles.OrderBy(t => t.SortName).ThenBy(t => t.Id);
        }
#pragma warning restore CA1307, CA1309, CA1310
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapGet("", async (
                string? genre, string? kind, string? q, string? state, string? sort, string? after,
                IMediator mediator, CancellationToken ct, int limit = 20) =>
                (await mediator.Send(new BrowseTitles(genre, kind, q, state, limit, after, sort), ct)).ToHttp())
            .WithName("BrowseTitles").WithSummary("Titles that the caller may see, newest first or by name.")
            .Produces<TitlePage>().ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>As much of a title as a list has to know.</summary>
    internal sealed record Entry(Guid Id, string SortName)
    {
        public static Entry Of(Title title) => new(title.Id, title.SortName);
    }

    /// <summary>The last title of a page.</summary>
    internal sealed record Cursor(Guid Id, string Name)
    {
        public string Write() => Base64Url.EncodeToString([.. Id.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(Name)]);

        public static Cursor? Read(string text)
        {
            if (text.Length > 2400 || !Base64Url.IsValid(text, out var length) || length < 16) return null;
            var bytes = Base64Url.DecodeFromChars(text);
            return new Cursor(new Guid(bytes.AsSpan(0, 16), bigEndian: true), Encoding.UTF8.GetString(bytes, 16, bytes.Length - 16));
        }
    }
}

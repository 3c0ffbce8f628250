using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;

namespace Streaming.Catalog.Titles;

/// <summary>Cards by id, for rows that others have put together.</summary>
internal static class ListTitles
{
    internal const int MostIds = 200;

    internal sealed class Rules : AbstractValidator<GetTitles>
    {
        public Rules() => RuleFor(g => g.Ids).Must(ids => ids is { Count: <= MostIds }).WithMessage($"Ask for up to {MostIds} titles at once.");
    }

    internal sealed class Handler(CatalogDbContext db, VisibleTitles visible) : IRequestHandler<GetTitles, Result<TitleList>>
    {
        public async Task<Result<TitleList>> Handle(GetTitles request, CancellationToken cancellationToken)
        {
            if (request.Ids.Count == 0) return new TitleList([]);
            if (!db.SeesAll) return new TitleList(await visible.Cards(request.Ids, cancellationToken));
            var found = await db.Shown(db.Titles.Where(t => request.Ids.Contains(t.Id))).ToDictionaryAsync(t => t.Title.Id, cancellationToken);
            return new TitleList([.. request.Ids.Distinct().Where(found.ContainsKey).Select(id => found[id].Card)]);
        }
    }
}

using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Titles;

/// <summary>All versions of a title, newest first, each with what it changed.</summary>
internal static class ShowHistory
{
    internal sealed class Handler(CatalogDbContext db) : IRequestHandler<GetTitleHistory, Result<TitleHistory>>
    {
        public async Task<Result<TitleHistory>> Handle(GetTitleHistory request, CancellationToken cancellationToken)
        {
            var versions = await db.Titles.Where(t => t.Id == request.Id).SelectMany(t => t.Versions)
                .AsNoTracking().OrderBy(v => v.Version).ToListAsync(cancellationToken);
            if (versions.Count == 0) return Error.NotFound("title", request.Id);
            return new TitleHistory([.. versions.Select((version, i) => Show(version, i == 0 ? null : versions[i - 1])).Reverse()]);
        }

        private static TitleVersion Show(TitleMetadata version, TitleMetadata? before) => new(
            version.Version,
            version.At,
            version.By,
            version.Name,
            version.Synopsis,
            version.Year,
            version.Genres,
            version.Cast,
            version.Maturity,
            before is null ? [] : [.. TitleMetadata.Differences(before.Content, version.Content)],
            version.AvailableFrom,
            version.AvailableUntil,
            version.Artwork is { } hash ? ArtworkAddress.Of(version.TitleId, hash) : null);
    }

    internal static void Map(RouteGroupBuilder titles)
    {
        titles.MapGet("/{id:guid}/versions", async (Guid id, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new GetTitleHistory(id), ct)).ToHttp())
            .WithName("GetTitleHistory").WithSummary("All versions of a title, newest first, with what each changed.")
            .Produces<TitleHistory>().ProducesProblem(StatusCodes.Status404NotFound);

        titles.MapGet("/{id:guid}/versions/{version:int}", async (Guid id, int version, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new GetTitleHistory(id), ct)).ToHttp(history =>
                    history.Items.SingleOrDefault(v => v.Version == version) is { } found
                        ? TypedResults.Ok(found)
                        : Problems.From(Error.NotFound("version", version))))
            .WithName("GetTitleVersion").WithSummary("One version of a title; it never changes.")
            .Produces<TitleVersion>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}

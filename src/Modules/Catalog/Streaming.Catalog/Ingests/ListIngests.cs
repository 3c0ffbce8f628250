using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Ingests;

/// <summary>Ingests, newest first; a cursor is the id of the last one seen, which new ones do not move.</summary>
internal static class ListIngests
{
    internal sealed class Rules : AbstractValidator<GetIngests>
    {
        public Rules()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, 100);
            RuleFor(q => q.After).Must(after => after is null || Guid.TryParseExact(after, "N", out _)).WithMessage("after is not a cursor of this list.");
        }
    }

    internal sealed class Handler(CatalogDbContext db, IngestActivity activity, SourceFiles files) : IRequestHandler<GetIngests, Result<IngestPage>>
    {
        public async Task<Result<IngestPage>> Handle(GetIngests query, CancellationToken cancellationToken)
        {
            IQueryable<Ingest> ingests = db.Ingests;
            if (query.After is { } cursor)
            {
                var after = Guid.ParseExact(cursor, "N");
                ingests = ingests.Where(i => i.Id < after);
            }

            var found = await db.Views(ingests.OrderByDescending(i => i.Id).Take(query.Limit + 1), activity, files, cancellationToken);
            var items = found.OrderByDescending(v => v.Id).Take(query.Limit).ToList();
            return new IngestPage(items, found.Count > query.Limit ? items[^1].Id.ToString("N") : null);
        }
    }

    internal static void Map(RouteGroupBuilder ingests) => ingests
        .MapGet("/", async (IMediator mediator, HttpResponse response, CancellationToken ct, int limit = 20, string? after = null) =>
        {
            response.Headers.CacheControl = "no-store";
            return (await mediator.Send(new GetIngests(limit, after), ct)).ToHttp();
        })
        .WithName("GetIngests")
        .WithSummary("Ingests, newest first.")
        .Produces<IngestPage>()
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

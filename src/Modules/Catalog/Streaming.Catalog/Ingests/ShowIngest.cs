using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Ingests;

/// <summary>One ingest.</summary>
internal static class ShowIngest
{
    internal sealed class Handler(CatalogDbContext db, IngestActivity activity, SourceFiles files) : IRequestHandler<GetIngest, Result<IngestView>>
    {
        public async Task<Result<IngestView>> Handle(GetIngest query, CancellationToken cancellationToken)
        {
            var found = await db.Views(db.Ingests.Where(i => i.Id == query.Id), activity, files, cancellationToken);
            return found is [var view] ? view : Error.NotFound("ingest", query.Id);
        }
    }

    internal static void Map(RouteGroupBuilder ingests) => ingests
        .MapGet("/{id:guid}", async (Guid id, HttpResponse response, IMediator mediator, CancellationToken ct) =>
        {
            response.Headers.CacheControl = "no-store";
            return (await mediator.Send(new GetIngest(id), ct)).ToHttp();
        })
        .WithName("GetIngest")
        .WithSummary("One ingest: state, progress and what may be done.")
        .Produces<IngestView>()
        .ProducesProblem(StatusCodes.Status404NotFound);
}

using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Ingests;

/// <summary>Deletes an ingest with its source and what cannot be played of it. A title that plays its asset goes on playing it.</summary>
internal static class DeleteIngest
{
    [Requires(Users.Roles.Publisher, Users.Roles.Operator)]
    internal sealed record Command(Guid Id) : IRequest<Result<Done>>;

    internal sealed class Handler(CatalogDbContext db, IngestActivity activity, IngestSignal signal, TimeProvider clock) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (await db.Ingests.SingleOrDefaultAsync(i => i.Id == command.Id, cancellationToken) is not { } ingest) return Error.NotFound("ingest", command.Id);
            ingest.Delete(clock.GetUtcNow());
            await db.SaveChangesAsync(cancellationToken);
            activity.Interrupt(ingest.Id, Interruption.Taken);
            signal.Work();
            return Done.Instance;
        }
    }

    internal static void Map(RouteGroupBuilder ingests) => ingests
        .MapDelete("/{id:guid}", async (Guid id, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id), ct)).ToHttp(_ => TypedResults.Accepted((string?)null)))
        .WithName("DeleteIngest")
        .WithSummary("Delete an ingest, its source and what cannot be played of it.")
        .Produces(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status404NotFound);
}

using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Ingests;

/// <summary>The buttons of an ingest: retry, cancel, publish what there is, leave a rung out.</summary>
internal static class ActOnIngest
{
    internal enum Act
    {
        Retry,
        Cancel,
        PublishAnyway,
        DropRung,
    }

    [Requires(Users.Roles.Publisher, Users.Roles.Operator)]
    internal sealed record Command(Guid Id, Act Act, string? Rung = null) : IRequest<Result<Done>>;

    internal sealed class Handler(CatalogDbContext db, IngestActivity activity, IngestWaiting waiting, IngestSignal signal, TimeProvider clock)
        : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (await db.Ingests.SingleOrDefaultAsync(i => i.Id == command.Id, cancellationToken) is not { } ingest) return Error.NotFound("ingest", command.Id);
            var now = clock.GetUtcNow();
            var done = command.Act switch
            {
                Act.Retry => ingest.Retry(now, await db.Assets.AnyAsync(a => a.Id == ingest.AssetId && a.IngestId != ingest.Id, cancellationToken)),
                Act.Cancel => ingest.Cancel(now),
                Act.PublishAnyway => ingest.PublishAnyway(now),
                _ => ingest.DropRung(command.Rung, now),
            };
            if (done.IsError) return done;

            await db.SaveChangesAsync(cancellationToken);
            activity.Interrupt(ingest.Id, Interruption.Taken);
            await waiting.Wake(ingest.AssetId);
            signal.Work();
            return done;
        }
    }

    /// <summary>Which rung to leave out; without one the highest.</summary>
    internal sealed record Choice(string? Rung = null);

    internal static void Map(RouteGroupBuilder ingests)
    {
        Button("retry", "RetryIngest", Act.Retry, "Go on with a failed, paused or cancelled ingest where it stopped.");
        Button("cancel", "CancelIngest", Act.Cancel, "Stop the work; what is complete stays playable.");
        Button("publish-anyway", "PublishTruncatedIngest", Act.PublishAnyway, "Take what there is of a truncated source as the whole.");
        ingests.MapPost("/{id:guid}/drop-rung", (Guid id, Choice? choice, IMediator mediator, CancellationToken ct) =>
                Do(mediator, new Command(id, Act.DropRung, choice?.Rung), ct))
            .WithName("DropRung")
            .WithSummary("Leave a rung out of the ladder; the highest unless the body names another.")
            .Produces<IngestView>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        void Button(string path, string name, Act act, string summary) => ingests
            .MapPost($"/{{id:guid}}/{path}", (Guid id, IMediator mediator, CancellationToken ct) => Do(mediator, new Command(id, act), ct))
            .WithName(name)
            .WithSummary(summary)
            .Produces<IngestView>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Do(IMediator mediator, Command command, CancellationToken ct)
    {
        var done = await mediator.Send(command, ct);
        return done.IsError ? Problems.From(done.Error) : (await mediator.Send(new GetIngest(command.Id), ct)).ToHttp();
    }
}

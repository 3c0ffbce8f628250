using System.Data.Common;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Catalog.Titles;

/// <summary>Begins a title as a draft.</summary>
internal static class CreateTitle
{
    [Requires(Roles.Publisher, Roles.Operator)]
    internal sealed record Command(Guid CommandId, string Kind, EpisodePlace? Place, TitleContent Content) : ICommand<TitleRevision>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Content).SetValidator(new TitleRules()).OverridePropertyName("");
            RuleFor(c => c.Place!.Season).InclusiveBetween(1, 1000).OverridePropertyName("season").When(c => c.Place is not null);
            RuleFor(c => c.Place!.Episode).InclusiveBetween(1, 10_000).OverridePropertyName("episode").When(c => c.Place is not null);
        }
    }

    internal sealed class Handler(CatalogDbContext db, CallContext context, TimeProvider clock)
        : IRequestHandler<Command, Result<TitleRevision>>
    {
        public async Task<Result<TitleRevision>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (command.Place is { } place && await Misplaced(place, cancellationToken) is { } misplaced) return misplaced;
            if (!Title.Draft(command.Kind, command.Place, command.Content, clock.GetUtcNow(), context.Caller.Subject).TryGet(out var title, out var error))
                return error;

            db.Titles.Add(title);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException failure) when (command.Place is not null && failure.InnerException is DbException { SqlState: "23505" })
            {
                return Taken(command.Place);
            }

            return new TitleRevision(title.Id, title.Version);
        }

        private async Task<Error?> Misplaced(EpisodePlace place, CancellationToken cancellationToken)
        {
            if (!await db.Titles.AnyAsync(t => t.Id == place.SeriesId && t.Kind == TitleKinds.Series, cancellationToken))
                return Error.Invalid("seriesId", "There is no such series.");
            var taken = await db.Titles.AnyAsync(
                t => t.SeriesId == place.SeriesId && t.Season == place.Season && t.Episode == place.Episode, cancellationToken);
            return taken ? Taken(place) : null;
        }

        private static Error Taken(EpisodePlace place) => Error.Conflict(
            "catalog:episode-exists",
            $"The series has an episode {place.Episode} of season {place.Season} already. Edit that one, or choose another number.");
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapPost("", async (NewTitleBody body, IMediator mediator, HttpRequest request, HttpResponse response, CancellationToken ct) =>
            {
                if (body.Mistakes is { } mistakes) return Problems.From(mistakes);
                var made = await mediator.Send(new Command(request.CommandId, body.Kind, body.Place, body.Content), ct);
                return made.TryGet(out var title, out var error)
                    ? await TitleResource.Answer(
                        mediator, title.Id, response, ct, resource => TypedResults.Created($"/api/catalog/titles/{title.Id}", resource))
                    : Problems.From(error);
            })
            .TakesIdempotencyKey()
            .WithName("CreateTitle").WithSummary("Begins a title as a draft; only publishers see it.")
            .Produces<TitleResource>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

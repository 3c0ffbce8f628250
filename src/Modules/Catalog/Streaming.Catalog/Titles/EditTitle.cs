using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Catalog.Data;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Catalog.Titles;

/// <summary>Writes a new version of a title's metadata. What viewers see stays until it is published.</summary>
internal static class EditTitle
{
    /// <param name="Title">The title.</param>
    /// <param name="ExpectedVersion">The version that the edit is based on; null for whichever is current.</param>
    /// <param name="Content">The new version; its artwork is that of the version before.</param>
    [Requires(Roles.Publisher, Roles.Operator)]
    internal sealed record Command(Guid Title, int? ExpectedVersion, TitleContent Content) : IRequest<Result<TitleRevision>>;

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Content).SetValidator(new TitleRules()).OverridePropertyName("");
    }

    internal sealed class Handler(CatalogDbContext db, CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<TitleRevision>>
    {
        public async Task<Result<TitleRevision>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (await db.TitleForWriting(command.Title, cancellationToken) is not { } title) return Error.NotFound("title", command.Title);

            var content = command.Content with { Artwork = title.Current.Artwork };
            var edited = title.Edit(command.ExpectedVersion, content, clock.GetUtcNow(), context.Caller.Subject);
            if (edited.IsError) return edited.Error;
            return await db.SaveEdit(title.Id, cancellationToken) is { } stale ? stale : new TitleRevision(title.Id, title.Version);
        }
    }

    internal static void Map(RouteGroupBuilder titles) =>
        titles.MapPut("/{id:guid}", async (
                Guid id, TitleBody body, IMediator mediator, HttpRequest request, HttpResponse response, CancellationToken ct) =>
            {
                if ((request.MissingIfMatch ?? body.Mistakes) is { } mistake) return Problems.From(mistake);
                var edited = await mediator.Send(new Command(id, request.ExpectedVersion, body.Content), ct);
                return edited.IsError ? Problems.From(edited.Error) : await TitleResource.Answer(mediator, id, response, ct);
            })
            .WithName("EditTitle").WithSummary("Writes a new version; If-Match names the version that it is based on.")
            .Produces<TitleResource>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status428PreconditionRequired);
}

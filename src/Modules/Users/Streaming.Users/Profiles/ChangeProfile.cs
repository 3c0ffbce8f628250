using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Profiles;

/// <summary>Renames a profile, or changes its limit or colour; what is absent stays.</summary>
internal static class ChangeProfile
{
    [Requires]
    internal sealed record Command(Guid Profile, string? Name = null, int? MaturityLimit = null, int? Colour = null) : IRequest<Result<ProfileView>>;

    internal sealed record Body(string? Name, int? MaturityLimit, int? Colour);

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Name).MustBeProfileName().When(c => c.Name is not null);
            RuleFor(c => c.MaturityLimit).MustBeMaturityLimit().When(c => c.MaturityLimit is not null);
            RuleFor(c => c.Colour).MustBeColour();
        }
    }

    internal sealed class Handler(UsersDbContext db, CallContext context) : IRequestHandler<Command, Result<ProfileView>>
    {
        public async Task<Result<ProfileView>> Handle(Command command, CancellationToken cancellationToken)
        {
            var account = context.Caller.Subject;
            var profile = await db.Profiles.SingleOrDefaultAsync(p => p.Id == command.Profile && p.AccountId == account, cancellationToken);
            if (profile is null) return Error.NotFound("profile", command.Profile);

            profile.Change(command.Name?.Trim(), command.MaturityLimit, command.Colour);
            await db.SaveChangesAsync(cancellationToken);
            return profile.View;
        }
    }

    internal static void Map(RouteGroupBuilder profiles) =>
        profiles.MapPatch("/{id:guid}", async (Guid id, Body body, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body.Name, body.MaturityLimit, body.Colour), ct)).ToHttp())
            .WithName("ChangeProfile").WithSummary("Changes a profile's name, age limit or colour.")
            .Produces<ProfileView>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

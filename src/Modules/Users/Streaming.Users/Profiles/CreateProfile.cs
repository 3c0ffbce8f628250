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

/// <summary>Adds somebody to the caller's household.</summary>
internal static class CreateProfile
{
    /// <param name="CommandId">From the header Idempotency-Key.</param>
    /// <param name="Name">1 to 40 characters.</param>
    /// <param name="MaturityLimit">0, 7, 13, 16 or 18.</param>
    /// <param name="Colour">0 to 7; the first free one where none is named.</param>
    [Requires]
    internal sealed record Command(Guid CommandId, string? Name, int? MaturityLimit, int? Colour = null) : ICommand<ProfileView>;

    internal sealed record Body(string? Name, int? MaturityLimit, int? Colour);

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Name).MustBeProfileName();
            RuleFor(c => c.MaturityLimit).MustBeMaturityLimit();
            RuleFor(c => c.Colour).MustBeColour();
        }
    }

    internal sealed class Handler(UsersDbContext db, CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<ProfileView>>
    {
        public async Task<Result<ProfileView>> Handle(Command command, CancellationToken cancellationToken)
        {
            var subject = context.Caller.Subject;
            var account = await db.Accounts.Include(a => a.Profiles).SingleOrDefaultAsync(a => a.Id == subject, cancellationToken);
            if (account is null) return Error.Forbidden("users:no-account", "This key has no account and so no profiles. Sign in with an account.");

            var added = account.AddProfile(command.Name!.Trim(), command.MaturityLimit!.Value, command.Colour, clock.GetUtcNow());
            if (!added.IsError) await db.SaveChangesAsync(cancellationToken);
            return added.Map(profile => profile.View);
        }
    }

    internal static void Map(RouteGroupBuilder profiles) =>
        profiles.MapPost("", async (Body body, HttpRequest request, IMediator mediator, CancellationToken ct) =>
            {
                var created = await mediator.Send(new Command(request.CommandId, body.Name, body.MaturityLimit, body.Colour), ct);
                return created.ToHttp(profile => TypedResults.Created($"/api/users/profiles/{profile.Id}", profile));
            })
            .TakesIdempotencyKey()
            .WithName("CreateProfile").WithSummary("Adds a profile to the account; five at most.")
            .Produces<ProfileView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

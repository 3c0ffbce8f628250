using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>Makes an account. The first one takes the set-up code and becomes the operator's.</summary>
internal static class Register
{
    internal sealed record Command(string Email, string Password, string? SetupCode = null) : IRequest<Result<AccountView>>
    {
        // Records print their members; these must never reach a log.
        public override string ToString() => nameof(Register);
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Email).MustBeEmail();
            RuleFor(c => c.Password).MustBePassword();
            RuleFor(c => c.SetupCode).MaximumLength(64).WithMessage("A set-up code is four groups of five letters and digits.");
        }
    }

    internal sealed class Handler(
        UsersDbContext db, AccountOpening opening, SetupCode code, IOptions<RegistrationOptions> options) : IRequestHandler<Command, Result<AccountView>>
    {
        public async Task<Result<AccountView>> Handle(Command command, CancellationToken cancellationToken)
        {
            var isFirst = !await db.Accounts.AnyAsync(cancellationToken);
            if (isFirst && !code.Matches(command.SetupCode))
                return Error.Forbidden("users:set-up-code-wrong", "The first account needs the set-up code that the server printed when it started.");
            if (!isFirst && !string.IsNullOrEmpty(command.SetupCode)) return AccountOpening.AlreadyFounded;
            if (!isFirst && !options.Value.Open)
                return Error.Forbidden("users:registration-closed", "Registration is closed here. Ask an operator for an account.");

            var opened = await opening.Open(command.Email, command.Password, isFirst, cancellationToken);
            if (isFirst && !opened.IsError) code.Destroy();
            return opened.Map(account => new AccountView(account.Id, account.Email!, account.RoleNames));
        }
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapPost("/register", async (Command command, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(command, ct)).ToHttp(account => TypedResults.Created("/api/users/me", account)))
            .AllowAnonymous()
            .LimitedBy("sign-in")
            .WithName("Register").WithSummary("Makes an account; the first one needs the set-up code and becomes operator.")
            .Produces<AccountView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

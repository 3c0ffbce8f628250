using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.Users.ApiKeys;

/// <summary>Makes a key for a program. It is told in this answer and never again.</summary>
internal static class CreateApiKey
{
    [Requires]
    internal sealed record Command(string? Name, string? Role = null, DateTimeOffset? ExpiresAt = null) : IRequest<Result<NewApiKey>>;

    internal sealed record NewApiKey(Guid Id, string Name, string Role, DateTimeOffset? ExpiresAt, string Key)
    {
        public override string ToString() => $"{nameof(NewApiKey)} {Id}";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Name).NotEmpty().WithMessage("Give the key a name by which you know it again.").MaximumLength(ApiKey.LongestName);
            RuleFor(c => c.Role).Must(role => role is null or Roles.Viewer or Roles.Publisher or Roles.Operator).WithMessage("Name viewer, publisher or operator.");
            RuleFor(c => c.ExpiresAt).Must(at => at is null || at > clock.GetUtcNow()).WithMessage("Give a time that is still to come, or none.");
        }
    }

    internal sealed class Handler(UsersDbContext db, CallContext context, TimeProvider clock) : IRequestHandler<Command, Result<NewApiKey>>
    {
        public async Task<Result<NewApiKey>> Handle(Command command, CancellationToken cancellationToken)
        {
            var role = command.Role ?? Roles.Viewer;
            if (!context.Caller.IsIn(role)) return Error.Forbidden("users:role-beyond-own", $"The account is no {role} itself, so its key cannot be one.");
            if (context.Caller.Subject is not { } account || !await db.Accounts.AnyAsync(a => a.Id == account, cancellationToken)) return Error.Unauthenticated();
            if (await db.ApiKeys.CountAsync(k => k.AccountId == account && k.RevokedAt == null, cancellationToken) >= ApiKey.MostPerAccount)
                return Error.Conflict("users:too-many-keys", $"An account has {ApiKey.MostPerAccount} keys at most. Revoke one first.");

            var (entry, key) = ApiKey.Make(account, command.Name!.Trim(), role, command.ExpiresAt, clock.GetUtcNow());
            db.ApiKeys.Add(entry);
            await db.SaveChangesAsync(cancellationToken);
            return new NewApiKey(entry.Id, entry.Name, entry.Role, entry.ExpiresAt, key);
        }
    }

    internal static void Map(RouteGroupBuilder keys) =>
        keys.MapPost("/", async (Command command, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(command, ct)).ToHttp(key => TypedResults.Created($"/api/users/api-keys/{key.Id}", key)))
            .WithName("CreateApiKey").WithSummary("Makes a key for a program, with the rights of one role; the answer is the only place where it is told.")
            .Produces<NewApiKey>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

using System.Text.Json.Serialization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>Starts a session with email and password. Unknown addresses get the same answer after the same work.</summary>
internal static class SignIn
{
    public const string Invalid = "users:invalid-credentials";
    public const string Locked = "users:locked";

    internal sealed record Command(string Email, string Password) : IRequest<Result<Session>>
    {
        /// <summary>What signs in, as the request tells of it.</summary>
        [JsonIgnore]
        public SignInDevice Device { get; init; } = SignInDevice.Unknown;

        public override string ToString() => nameof(SignIn);
    }

    internal sealed record Answer(string AccessToken, int ExpiresInSeconds);

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Email).NotEmpty().MaximumLength(Account.LongestEmail)
                .Must(email => email is null || !email.Any(c => char.IsControl(c) || char.IsSurrogate(c))).WithMessage("Give the email address of the account.");
            RuleFor(c => c.Password).NotEmpty().MaximumLength(PasswordLength.Longest);
        }
    }

    internal sealed class Handler(
        UsersDbContext db, TimeProvider clock, Lockout lockout, ILookupNormalizer normalizer, IPasswordHasher<Account> hasher, UnknownPassword unknown)
        : IRequestHandler<Command, Result<Session>>
    {
        public async Task<Result<Session>> Handle(Command command, CancellationToken cancellationToken)
        {
            var email = normalizer.NormalizeEmail(command.Email.Trim())!;
            var key = Lockout.KeyOf(email);
            if (!await lockout.TryTake(key, cancellationToken))
                return Error.Forbidden(Locked, $"Too many wrong passwords. Wait {Lockout.Window.TotalMinutes:0} minutes and try again.");

            var account = await db.Accounts.SingleOrDefaultAsync(a => a.NormalizedEmail == email, cancellationToken);
            var verdict = hasher.VerifyHashedPassword(account ?? new Account(), account?.PasswordHash ?? unknown.Hash, command.Password);
            if (account is null || verdict == PasswordVerificationResult.Failed)
                return Error.Forbidden(Invalid, "Email or password is wrong.");

            await lockout.Forgive(key, cancellationToken);
            if (verdict == PasswordVerificationResult.SuccessRehashNeeded) account.PasswordHash = hasher.HashPassword(account, command.Password);
            var now = clock.GetUtcNow();
            var since = now - SessionEntry.Unused;
            await db.Sessions.Where(s => s.AccountId == account.Id && s.SeenAt < since).ExecuteDeleteAsync(cancellationToken);
            var session = command.Device.Begin(account.Id, now);
            db.Sessions.Add(session);
            await db.SaveChangesAsync(cancellationToken);

            // A household of one has nothing to choose.
            var profiles = await db.Profiles.Where(p => p.AccountId == account.Id).OrderBy(p => p.Id).Select(p => p.Id).Take(2).ToListAsync(cancellationToken);
            return new Session(session.Id, account.Id, account.SecurityStamp!, profiles.Count == 1 ? profiles[0] : null);
        }
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapPost("/sign-in", async (Command command, HttpContext http, SessionTokens tokens, IMediator mediator, CancellationToken ct) =>
            {
                var signedIn = await mediator.Send(command with { Device = SignInDevice.Of(http) }, ct);
                if (!signedIn.TryGet(out var session, out var error)) return (IResult)Refusal(error, http);
                await http.SetCookie(session);
                var token = tokens.Issue(session);
                return TypedResults.Ok(new Answer(token.Value, token.ExpiresInSeconds));
            })
            .AllowAnonymous()
            .LimitedBy("sign-in")
            .WithName("SignIn").WithSummary("Starts a session: sets the cookie and answers a token.")
            .Produces<Answer>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static ProblemHttpResult Refusal(Error error, HttpContext http)
    {
        var problem = Problems.From(error).ProblemDetails;
        if (error.Code == Invalid) (problem.Status, problem.Title) = (StatusCodes.Status401Unauthorized, "Sign in");
        if (error.Code == Locked)
        {
            (problem.Status, problem.Title) = (StatusCodes.Status429TooManyRequests, "Too many attempts");
            http.Response.Headers.RetryAfter = $"{Lockout.Window.TotalSeconds:0}";
        }

        return TypedResults.Problem(problem);
    }
}

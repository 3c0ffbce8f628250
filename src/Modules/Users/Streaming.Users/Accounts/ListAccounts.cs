using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>The accounts of this installation, oldest first, for operators.</summary>
internal static class ListAccounts
{
    [Requires(Roles.Operator)]
    internal sealed record Query(int Limit = 20, string? After = null) : IRequest<Result<Page>>;

    internal sealed record Page(IReadOnlyList<Row> Items, string? Next);

    internal sealed record Row(Guid Id, string Email, IReadOnlyList<string> Roles, int Profiles, DateTimeOffset CreatedAt);

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, 100);
            RuleFor(q => q.After).Must(after => after is null || Guid.TryParseExact(after, "N", out _))
                .WithMessage("Take the cursor from the field next of the page before.");
        }
    }

    internal sealed class Handler(UsersDbContext db) : IRequestHandler<Query, Result<Page>>
    {
        public async Task<Result<Page>> Handle(Query query, CancellationToken cancellationToken)
        {
            var accounts = db.Accounts.AsNoTracking();
            if (query.After is { } cursor)
            {
                var after = Guid.ParseExact(cursor, "N");
                accounts = accounts.Where(a => a.Id > after);
            }

            var rows = await accounts.OrderBy(a => a.Id).Take(query.Limit + 1)
                .Select(a => new { a.Id, a.Email, a.IsPublisher, a.IsOperator, Profiles = a.Profiles.Count, a.CreatedAt })
                .ToListAsync(cancellationToken);
            var items = rows.Take(query.Limit)
                .Select(a => new Row(a.Id, a.Email!, Account.RolesOf(a.IsPublisher, a.IsOperator), a.Profiles, a.CreatedAt)).ToList();
            return new Page(items, rows.Count > query.Limit ? $"{rows[query.Limit - 1].Id:N}" : null);
        }
    }

    internal static void Map(RouteGroupBuilder users) =>
        users.MapGet("/accounts", async (IMediator mediator, CancellationToken ct, int limit = 20, string? after = null) =>
                (await mediator.Send(new Query(limit, after), ct)).ToHttp())
            .WithName("GetAccounts").WithSummary("Every account with its roles; for operators.")
            .Produces<Page>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

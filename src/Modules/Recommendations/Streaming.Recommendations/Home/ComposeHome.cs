using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Experiments;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Users;

namespace Streaming.Recommendations.Home;

/// <summary>Composes a home page; the flag <c>home-row-order</c> decides whether what is popular or what is new comes first.</summary>
internal static class ComposeHome
{
    private const string OrderFlag = "home-row-order";
    private const string NewFirst = "new-first";

    internal sealed record RowList(IReadOnlyList<HomeRow> Items);

    internal sealed class Rules : AbstractValidator<GetHomeRows>
    {
        public Rules() => RuleFor(q => q.Limit).InclusiveBetween(1, 40);
    }

    internal sealed class Handler(RowCache cache, IMediator mediator, CallContext context)
        : IRequestHandler<GetHomeRows, Result<HomeRows>>
    {
        public async Task<Result<HomeRows>> Handle(GetHomeRows request, CancellationToken cancellationToken)
        {
            var gathered = await cache.Get(context.Caller, cancellationToken);
            if (!gathered.TryGet(out var rows, out var error)) return error;

            var first = await IsNewFirst(cancellationToken) ? CandidateRows.New : CandidateRows.Popular;
            return new HomeRows([.. rows.OrderByDescending(row => row.Id == first)
                .Select(row => row with { TitleIds = [.. row.TitleIds.Take(request.Limit)] })]);
        }

        private async Task<bool> IsNewFirst(CancellationToken ct)
        {
            if ((context.Caller.ProfileId ?? context.Caller.Subject) is not { } unit) return false;
            var assigned = await mediator.Send(new GetAssignments(unit.ToString(), [OrderFlag]), ct);
            // A page in the usual order is better than none.
            return assigned.TryGet(out var assignments, out _) && assignments.Items.Any(a => a.Flag == OrderFlag && a.Variant == NewFirst);
        }
    }

    internal static void Map(RouteGroupBuilder recommendations) =>
        recommendations.MapGet("/home", async (IMediator mediator, CancellationToken ct, int limit = 20) =>
                (await mediator.Send(new GetHomeRows(limit), ct)).ToHttp(home => TypedResults.Ok(new RowList(home.Rows))))
            .WithName("GetHomeRows")
            .WithSummary("The rows of the caller's home page, best first, as title ids")
            .Produces<RowList>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}

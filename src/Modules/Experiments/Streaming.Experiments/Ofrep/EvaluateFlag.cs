using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Experiments.Flags;
using Streaming.Kernel;

namespace Streaming.Experiments.Ofrep;

/// <summary>Evaluates one flag for a unit, for clients of the OpenFeature Remote Evaluation Protocol.</summary>
internal static class EvaluateFlag
{
    internal sealed record Query(string Key, string UnitId) : IRequest<Result<Evaluation>>;

    internal sealed class Handler(FlagSet flags) : IRequestHandler<Query, Result<Evaluation>>
    {
        public Task<Result<Evaluation>> Handle(Query query, CancellationToken cancellationToken) => Task.FromResult<Result<Evaluation>>(
            flags.Find(query.Key) is { } flag ? Evaluation.Of(flag, UnitHash.Of(query.UnitId)) : Error.NotFound("flag", query.Key));
    }

    internal static void Map(RouteGroupBuilder flags) =>
        flags.MapPost("/{key}", Answer)
            .WithName("EvaluateFlag")
            .WithSummary("One flag for one unit")
            .Produces<Evaluation>()
            .Produces<EvaluationFailure>(StatusCodes.Status400BadRequest)
            .Produces<EvaluationFailure>(StatusCodes.Status404NotFound);

    private static async Task<IResult> Answer(string key, EvaluationContext context, IMediator mediator, CancellationToken ct)
    {
        if (context.Failure(key) is { } failure) return TypedResults.BadRequest(failure);
        var evaluation = await mediator.Send(new Query(key, context.TargetingKey), ct);
        return evaluation.TryGet(out var value, out var error)
            ? TypedResults.Ok(value)
            : TypedResults.NotFound(new EvaluationFailure(key, "FLAG_NOT_FOUND", error.Message));
    }
}

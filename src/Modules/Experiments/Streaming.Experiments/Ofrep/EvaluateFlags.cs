using System.IO.Hashing;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Streaming.Experiments.Flags;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Experiments.Ofrep;

/// <summary>Evaluates all flags for a unit; clients poll it and are answered 304 while nothing has changed.</summary>
internal static class EvaluateFlags
{
    internal sealed record Query(string UnitId) : IRequest<Result<Evaluations>>;

    internal sealed record Evaluations(IReadOnlyList<Evaluation> Flags);

    internal sealed class Handler(FlagSet flags) : IRequestHandler<Query, Result<Evaluations>>
    {
        public Task<Result<Evaluations>> Handle(Query query, CancellationToken cancellationToken)
        {
            var unit = UnitHash.Of(query.UnitId);
            return Task.FromResult<Result<Evaluations>>(new Evaluations([.. flags.All.Select(f => Evaluation.Of(f, unit))]));
        }
    }

    internal static void Map(RouteGroupBuilder flags) =>
        flags.MapPost("", Answer)
            .WithName("EvaluateFlags")
            .WithSummary("All flags for one unit")
            .Produces<Evaluations>()
            .Produces(StatusCodes.Status304NotModified)
            .Produces<EvaluationFailure>(StatusCodes.Status400BadRequest);

    private static async Task<IResult> Answer(
        EvaluationContext context, HttpContext http, IMediator mediator, IOptions<JsonOptions> json, CancellationToken ct)
    {
        if (context.Failure(key: null) is { } failure) return TypedResults.BadRequest(failure);
        return (await mediator.Send(new Query(context.TargetingKey), ct)).ToHttp(evaluations =>
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(evaluations, json.Value.SerializerOptions);
            var tag = new EntityTagHeaderValue($"\"{XxHash3.HashToUInt64(body):x16}\"");
            http.Response.GetTypedHeaders().ETag = tag;
            http.Response.Headers.CacheControl = "private, no-cache";
            // The protocol's own use of If-None-Match on a POST: RFC 9110 would have 412 here.
            return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known == EntityTagHeaderValue.Any)
                ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
                : TypedResults.Bytes(body, "application/json");
        });
    }
}

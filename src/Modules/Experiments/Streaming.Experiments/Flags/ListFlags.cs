using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Experiments.Flags;

/// <summary>Shows operators the flags in force.</summary>
internal static class ListFlags
{
    [Requires("operator")]
    internal sealed record Query : IRequest<Result<FlagList>>;

    internal sealed record FlagList(IReadOnlyList<FlagView> Items);

    internal sealed record FlagView(string Key, bool Enabled, int SeedVersion, IReadOnlyList<VariantView> Variants);

    /// <param name="Weight">Per cent of all units.</param>
    internal sealed record VariantView(string Key, int Weight);

    internal sealed class Handler(FlagSet flags) : IRequestHandler<Query, Result<FlagList>>
    {
        public Task<Result<FlagList>> Handle(Query query, CancellationToken cancellationToken) => Task.FromResult<Result<FlagList>>(
            new FlagList([.. flags.All.Select(f => new FlagView(
                f.Key, f.Enabled, f.SeedVersion, [.. f.Variants.Select(v => new VariantView(v.Key, v.Weight))]))]));
    }

    internal static void Map(RouteGroupBuilder flags) =>
        flags.MapGet("", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToHttp())
            .WithName("GetFlags")
            .WithSummary("Flags and how they split")
            .Produces<FlagList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}

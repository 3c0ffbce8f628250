using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.EdgeRouting.Origin;

/// <summary>Shows operators the places that serve media.</summary>
internal static class ListEdges
{
    [Requires("operator")]
    internal sealed record Query : IRequest<Result<EdgeList>>;

    internal sealed record EdgeList(IReadOnlyList<EdgeView> Items);

    /// <param name="BaseUrl">Empty means the host that answers the page.</param>
    internal sealed record EdgeView(string Id, string Kind, string BaseUrl);

    internal sealed class Handler(IOptions<OriginOptions> origin) : IRequestHandler<Query, Result<EdgeList>>
    {
        public Task<Result<EdgeList>> Handle(Query query, CancellationToken cancellationToken) =>
            Task.FromResult<Result<EdgeList>>(
                new EdgeList([new EdgeView(FindFetchSources.OriginId, "origin", origin.Value.BaseUrl)]));
    }

    internal static void Map(RouteGroupBuilder edges) =>
        edges.MapGet("", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToHttp())
            .WithName("GetEdges")
            .WithSummary("The places that media is fetched from")
            .Produces<EdgeList>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
}

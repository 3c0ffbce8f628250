using MediatR;
using Microsoft.Extensions.Options;
using Streaming.Kernel;

namespace Streaming.EdgeRouting.Origin;

/// <summary>Answers where to fetch an asset from: from the origin, which holds them all.</summary>
internal static class FindFetchSources
{
    internal const string OriginId = "origin";

    internal sealed class Handler(IOptions<OriginOptions> origin) : IRequestHandler<GetFetchSources, Result<FetchSources>>
    {
        public Task<Result<FetchSources>> Handle(GetFetchSources request, CancellationToken cancellationToken) =>
            Task.FromResult<Result<FetchSources>>(new FetchSources([new FetchSource(OriginId, origin.Value.BaseUrl)]));
    }
}

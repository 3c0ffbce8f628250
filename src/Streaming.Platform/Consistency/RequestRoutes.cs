using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Consistency;

/// <summary>Finds each request its way among the servers.</summary>
internal sealed class RequestRoutes(Cluster cluster, ConsistencyLevels levels, TimeProvider clock)
{
    /// <summary>Null where there is one server, or where the module has no data.</summary>
    public RequestRoute? For(IRequestDescriptor request, CallContext call, IServiceProvider services)
    {
        if (cluster.IsOne || services.GetKeyedService<ModuleDbContext>(request.Module) is not { } database) return null;
        TimeSpan? left = call.Deadline is { } deadline ? clock.GetElapsedTime(clock.GetTimestamp(), deadline) : null;
        return new RequestRoute(cluster, database, call, levels.Of(request), request.IsQuestion, left);
    }
}

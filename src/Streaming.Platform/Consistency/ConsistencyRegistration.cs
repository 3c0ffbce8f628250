using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Streaming.Platform.Consistency;

internal static class ConsistencyRegistration
{
    public static void AddConsistency(this IServiceCollection services)
    {
        services.TryAddSingleton<Cluster>();
        services.TryAddSingleton<ConsistencyLevels>();
        services.TryAddSingleton<RequestRoutes>();
        services.TryAddSingleton<ClusterTelemetry>();
        services.TryAddSingleton(provider => new ConsistencyBoard(
            provider.GetRequiredService<Cluster>(), provider.GetRequiredService<ConsistencyLevels>()));
        services.AddHostedService<ClusterWatch>();
    }
}

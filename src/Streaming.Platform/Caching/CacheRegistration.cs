using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Caching;

/// <summary>Puts the cache into a host.</summary>
public static class CacheRegistration
{
    /// <summary>One <see cref="IZoneCache"/> for the process, as the section <c>cache</c> says: zones, or memory where it names none.</summary>
    /// <exception cref="InvalidOperationException">At start, where a value is not right; the message names its key.</exception>
    public static IServiceCollection AddZoneCache(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(ZoneCache))) return services;
        services.AddMetrics().AddResilience();
        services.AddSingleton(s => new ZoneCache(
            CacheOptions.Read(s.GetRequiredService<IConfiguration>()), s.GetRequiredService<Dependencies>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<ZoneCache>>()));
        services.AddSingleton<IZoneCache>(s => s.GetRequiredService<ZoneCache>());
        services.AddSingleton<CacheTelemetry>();
        services.AddHostedService(s =>
        {
            s.GetRequiredService<CacheTelemetry>(); // nobody else asks for it
            return s.GetRequiredService<ZoneCache>();
        });
        return services;
    }
}

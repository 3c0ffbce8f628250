using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Streaming.Platform.Telemetry;

/// <summary>OpenTelemetry: meters and activity sources named <c>streaming.*</c>, and what ASP.NET Core and the runtime tell themselves.</summary>
public static class TelemetryRegistration
{
    /// <summary>Prometheus always; OTLP where <c>telemetry:otlp</c> names an endpoint.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var otlp = configuration.GetValue<Uri?>("telemetry:otlp");
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("streaming"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("streaming.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                    .AddPrometheusExporter();
                if (otlp is not null) metrics.AddOtlpExporter(o => o.Endpoint = otlp);
            })
            .WithTracing(tracing =>
            {
                if (otlp is null) return;
                tracing.AddSource("streaming.*").AddAspNetCoreInstrumentation().AddOtlpExporter(o => o.Endpoint = otlp);
            });
        return services;
    }
}

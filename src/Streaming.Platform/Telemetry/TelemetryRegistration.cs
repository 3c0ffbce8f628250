using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Streaming.Platform.Telemetry;

/// <summary>OpenTelemetry: meters and activity sources named <c>streaming.*</c>, and what ASP.NET Core, Npgsql and the runtime tell themselves.</summary>
public static class TelemetryRegistration
{
    // With SQLite nobody speaks under this name.
    private const string Npgsql = "Npgsql";
    private const string Requests = "Microsoft.AspNetCore";

    /// <summary>Prometheus always; metrics, traces and logs by OTLP where <c>telemetry:otlp</c> names a collector.</summary>
    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var collector = Collector(configuration);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("streaming"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("streaming.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", Npgsql)
                    // The gateway tells what is under way; this counts the same a second time, at the beginning and at the end of every request.
                    .AddView("http.server.active_requests", MetricStreamConfiguration.Drop)
                    .AddPrometheusExporter();
                if (collector is null) return;
                // A measurement of a request that is traced carries its trace, so that a bad percentile leads to an example of it.
                metrics.SetExemplarFilter(ExemplarFilterType.TraceBased).AddOtlpExporter(o => collector.Set(o, "metrics"));
            });
        if (collector is null)
        {
            // A request has a trace's id also where nobody collects it: logs and problem details name it.
            telemetry.WithTracing(tracing => tracing.AddSource(Requests).SetSampler<AlwaysOffSampler>());
            return services;
        }

        telemetry
            .WithTracing(tracing => tracing
                .AddSource("streaming.*", Npgsql).AddAspNetCoreInstrumentation()
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(collector.SampleRatio)))
                .AddOtlpExporter(o => collector.Set(o, "traces")))
            .WithLogging(
                logging => logging.AddOtlpExporter(o => collector.Set(o, "logs")),
                options => (options.IncludeScopes, options.IncludeFormattedMessage) = (true, true));
        return services;
    }

    private static OtlpTarget? Collector(IConfiguration configuration)
    {
        if (configuration["telemetry:otlp"] is not { Length: > 0 } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new InvalidOperationException($"telemetry:otlp is '{text}'; it takes a collector's address such as http://127.0.0.1:4317.");
        var protocol = configuration["telemetry:otlpProtocol"] ?? "grpc";
        if (protocol is not ("grpc" or "http"))
            throw new InvalidOperationException($"telemetry:otlpProtocol is '{protocol}'; it takes grpc (port 4317) or http (port 4318).");
        var ratio = configuration["telemetry:sampleRatio"] ?? "1";
        if (!double.TryParse(ratio, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || share is not (>= 0 and <= 1))
            throw new InvalidOperationException($"telemetry:sampleRatio is '{ratio}'; it takes a share of 0 to 1, such as 0.05.");
        return new OtlpTarget(address, protocol == "grpc", share);
    }

    private sealed record OtlpTarget(Uri Address, bool IsGrpc, double SampleRatio)
    {
        public void Set(OtlpExporterOptions options, string signal)
        {
            options.Protocol = IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            // An address that is given is taken as it is, and each signal has a path of its own.
            options.Endpoint = IsGrpc ? Address : new Uri($"{Address.ToString().TrimEnd('/')}/v1/{signal}");
        }
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Kernel;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Dial;

/// <summary>Counts and times contract calls: meter and activity source <c>streaming.contracts</c>.</summary>
internal sealed class DialTelemetry : IDisposable
{
    public const string Source = "streaming.contracts";

    private readonly ActivitySource _activities = new(Source);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _slow;

    public DialTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Source);
        _duration = meter.CreateHistogram<double>("streaming.contracts.duration", "s", "Duration of contract calls, seen by the caller");
        _slow = meter.CreateCounter<long>("streaming.contracts.slow", "{call}", "Contract calls over their declared slow bound");
    }

    public Activity? Start(string contract, DialMode mode)
    {
        var activity = _activities.StartActivity(contract);
        activity?.SetTag("streaming.dial", Text(mode));
        return activity;
    }

    public void Record<TRequest>(RequestDescriptor<TRequest> descriptor, DialMode mode, Error? error, TimeSpan took)
    {
        if (took.TotalMilliseconds > descriptor.Contract!.SlowMs)
            _slow.Add(1, new KeyValuePair<string, object?>("contract", descriptor.Name));
        if (!_duration.Enabled) return;
        _duration.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>("contract", descriptor.Name),
            new KeyValuePair<string, object?>("mode", Text(mode)),
            new KeyValuePair<string, object?>("outcome", Text(error)));
    }

    public void Dispose() => _activities.Dispose();

    private static string Text(DialMode mode) => mode == DialMode.InProcess ? "in-process" : "round-trip";

    private static string Text(Error? error) => error?.Kind switch
    {
        null => "value",
        ErrorKind.Invalid => "invalid",
        ErrorKind.NotFound => "not-found",
        ErrorKind.Conflict => "conflict",
        ErrorKind.Forbidden => "forbidden",
        ErrorKind.Deadline => "deadline",
        _ => "unavailable",
    };
}

internal static class DialRegistration
{
    public static void AddDial(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<DialSettings>();
        services.TryAddSingleton<DialTelemetry>();
        services.AddResilience();
        services.TryAddSingleton<ContractPolicies>();
        services.TryAddSingleton<LastAnswers>();
        services.TryAddSingleton<CallFaults>();
    }
}

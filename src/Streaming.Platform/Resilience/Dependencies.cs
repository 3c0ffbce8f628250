using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace Streaming.Platform.Resilience;

/// <summary>All dependencies that have been called, one a policy and destination.</summary>
public sealed partial class Dependencies : IDisposable
{
    private readonly ConcurrentDictionary<(string Policy, string Destination), Dependency> _all = new();
    private readonly ResiliencePolicies _policies;
    private readonly TimeProvider _clock;
    private readonly ILogger<Dependencies> _log;
    private readonly Histogram<double>? _measured;

    /// <summary>Follows the catalogue's changes until disposed of.</summary>
    public Dependencies(ResiliencePolicies policies, TimeProvider clock, ILogger<Dependencies> log, IMeterFactory? meters = null)
    {
        (_policies, _clock, _log, _measured) = (policies, clock, log, ResilienceTelemetry.Durations(meters));
        policies.Changed += Reread;
    }

    /// <summary>Every one, by policy and destination.</summary>
    public IReadOnlyList<Dependency> All => [.. _all.Values.OrderBy(d => d.Policy, StringComparer.Ordinal).ThenBy(d => d.Destination, StringComparer.Ordinal)];

    /// <summary>The dependency; made at the first asking.</summary>
    /// <param name="policy">The name of its policy.</param>
    /// <param name="destination">What is called.</param>
    /// <param name="isFault">Which exceptions count against it; absent for all. What the first one says who asks, holds.</param>
    public Dependency Of(string policy, string destination, Predicate<Exception>? isFault = null) => _all.TryGetValue((policy, destination), out var known)
        ? known
        : _all.GetOrAdd((policy, destination), key => new Dependency(key.Policy, key.Destination, _policies[key.Policy], _clock, Tell, isFault) { Measured = _measured });

    /// <summary>It is not called any more, so nothing is told of it any more.</summary>
    public void Forget(string policy, string destination) => _all.TryRemove((policy, destination), out _);

    /// <inheritdoc/>
    public void Dispose() => _policies.Changed -= Reread;

    private void Reread()
    {
        foreach (var dependency in _all.Values) dependency.Use(_policies[dependency.Policy]);
    }

    private void Tell(Dependency dependency, CircuitState state)
    {
        if (state == CircuitState.Closed) Closed(_log, dependency.Destination, dependency.Policy);
        else if (state == CircuitState.Open) Opened(_log, dependency.Destination, dependency.Policy, dependency.Settings.Sleep.TotalSeconds);
        else if (state == CircuitState.Isolated) Isolated(_log, dependency.Destination, dependency.Policy);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Destination} ({Policy}) has failed too often and is left alone for {Seconds} s")]
    private static partial void Opened(ILogger logger, string destination, string policy, double seconds);

    [LoggerMessage(2, LogLevel.Information, "{Destination} ({Policy}) is called again")]
    private static partial void Closed(ILogger logger, string destination, string policy);

    [LoggerMessage(3, LogLevel.Warning, "{Destination} ({Policy}) has been isolated by hand")]
    private static partial void Isolated(ILogger logger, string destination, string policy);
}

internal static class ResilienceRegistration
{
    public static IServiceCollection AddResilience(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ResiliencePolicies(
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<ILogger<ResiliencePolicies>>(), provider.GetServices<ContractUse>()));
        services.TryAddSingleton<Dependencies>();
        services.AddMetrics();
        services.AddHostedService<ResilienceTelemetry>();
        return services;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Platform.Data;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Instances;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Modules;
using Streaming.Platform.Resilience;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial;

/// <summary>Puts the dial into a process.</summary>
public static class DialRegistration
{
    /// <summary>
    /// Lets calls leave this process: it offers its contracts to others, knows them and tells them of itself, and follows the decisions that
    /// are made about where modules run.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>instance:fault</c> is not right.</exception>
    public static IServiceCollection AddDialDecisions(this IServiceCollection services, IConfiguration configuration, ProcessRole role)
    {
        services.AddDialData();
        services.AddDataMoves();
        if (InjectedFault.From(configuration, role, TimeProvider.System) is { } fault) services.AddSingleton(fault);
        services.AddSingleton<DialDecisions>().AddSingleton<ProcessRegister>().AddSingleton<ProcessNote>().AddSingleton<DialFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<DialFollower>());
        return services;
    }

    internal static void AddDial(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddDataProtection();
        services.AddResilience();
        services.TryAddSingleton(ProcessRole.Host);
        services.TryAddSingleton<DialBoard>();
        services.TryAddSingleton<DialTelemetry>();
        services.TryAddSingleton(provider => GuardOptions.From(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton<DialGuard>();
        services.TryAddSingleton<ContractPolicies>();
        services.TryAddSingleton<LastAnswers>();
        services.TryAddSingleton(provider => new CallFaults { Current = provider.GetService<InjectedFault>() });
        services.TryAddSingleton(_ => new Chance(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)))));
        services.TryAddSingleton<InstanceSet>();
        services.TryAddSingleton(provider => new Neighbours(
            provider.GetRequiredService<ProcessRole>(), provider.GetRequiredService<InstanceSet>(), provider.GetRequiredService<Chance>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<DatabaseSharing>();
        services.TryAddSingleton<RemoteCalls>();
        services.TryAddSingleton(provider => new ShadowCalls(
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<RemoteCalls>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<WireContext>();
        services.TryAddSingleton<WireNews>();
        services.TryAddSingleton<WireClient>();
        services.TryAddSingleton<WireGate>();
        services.TryAddSingleton<WireManifest>();
        services.TryAddSingleton<WirePing>();
        services.TryAddSingleton<WireServer>();
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>Puts forwarding into the host.</summary>
internal static class ForwardingRegistration
{
    public static void AddForwarding(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton<HostIdentity>().AddSingleton<InstanceSet>().AddSingleton<ForwardingPools>().AddSingleton<PlacementTokens>().AddSingleton<GatewayProof>();
        services.AddSingleton<HopTransformer>().AddSingleton<HopInvoker>().AddSingleton<ForwardingTelemetry>();
        services.AddSingleton(new Chance(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)))));
        services.AddHostedService<InstanceProbes>();
    }

    /// <summary>After the caller is known and within their limits; whoever serves it asks what they may.</summary>
    public static void UseForwarding(this IApplicationBuilder app) => app.UseMiddleware<Forwarding>();
}

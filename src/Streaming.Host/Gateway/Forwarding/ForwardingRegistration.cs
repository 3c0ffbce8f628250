namespace Streaming.Host.Gateway.Forwarding;

/// <summary>Puts forwarding into the host.</summary>
internal static class ForwardingRegistration
{
    public static void AddForwarding(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton<HostIdentity>().AddSingleton<ForwardingPools>().AddSingleton<PlacementTokens>().AddSingleton<GatewayProof>().AddSingleton<HostGreeting>();
        services.AddSingleton<HopTransformer>().AddSingleton<HopInvoker>().AddSingleton<ForwardingTelemetry>();
        services.AddHostedService<InstanceProbes>();
    }

    /// <summary>After the caller is known and within their limits; whoever serves it asks what they may.</summary>
    public static void UseForwarding(this IApplicationBuilder app) => app.UseMiddleware<Forwarding>();
}

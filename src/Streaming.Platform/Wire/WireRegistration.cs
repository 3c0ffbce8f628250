using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Streaming.Platform.Wire;

/// <summary>Puts the wire into a process that listens.</summary>
public static class WireRegistration
{
    /// <summary>First of all: what comes in at this port is calls to contracts and nothing else, and nothing else takes any.</summary>
    public static void UseWire(this WebApplication app, int port)
    {
        var server = app.Services.GetRequiredService<WireServer>();
        app.Use((context, next) => context.Connection.LocalPort == port ? server.Serve(context) : next(context));
    }
}

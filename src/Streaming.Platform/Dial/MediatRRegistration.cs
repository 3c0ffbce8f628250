using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Streaming.Platform.Dial;

/// <summary>All that depends on the version of MediatR (5.1.0; see ADR 0002). From version 12 on this is <c>AddMediatR</c>.</summary>
internal static class MediatRRegistration
{
    public static IServiceCollection AddMediator(this IServiceCollection services)
    {
        services.TryAddTransient<ServiceFactory>(provider => provider.GetRequiredService);
        services.TryAddTransient<IMediator, Mediator>();
        return services;
    }
}

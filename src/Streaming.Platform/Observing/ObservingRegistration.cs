using Microsoft.Extensions.DependencyInjection;

namespace Streaming.Platform.Observing;

/// <summary>Puts the recorder and the board into a host.</summary>
public static class ObservingRegistration
{
    /// <summary>Adds both; lines are added to the recorder, panels registered as <see cref="IOperationsPanel"/>.</summary>
    public static IServiceCollection AddObserving(this IServiceCollection services)
    {
        services.AddSingleton<Recorder>().AddSingleton<LiveBoard>();
        services.AddHostedService(provider =>
        {
            provider.GetRequiredService<LiveBoard>(); // judges from the first second on, also while nobody watches
            return provider.GetRequiredService<Recorder>();
        });
        return services;
    }

    /// <summary>Adds something that is asked now and then.</summary>
    public static IServiceCollection AddPoll<TPoll>(this IServiceCollection services)
        where TPoll : class, Microsoft.Extensions.Hosting.IHostedService =>
        services.AddSingleton<TPoll>().AddHostedService(provider => provider.GetRequiredService<TPoll>());

    /// <summary>Adds a panel to the Operations page.</summary>
    public static IServiceCollection AddOperationsPanel<TPanel>(this IServiceCollection services)
        where TPanel : class, IOperationsPanel => services.AddSingleton<IOperationsPanel, TPanel>();
}

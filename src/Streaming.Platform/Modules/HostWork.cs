using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Streaming.Platform.Modules;

/// <summary>Registers what only hosts do.</summary>
public static class HostWork
{
    /// <summary>
    /// Runs a service with every host and with no instance: work that nobody waits for, such as sweeping and delivering events, is not
    /// moved with the calls.
    /// </summary>
    public static IServiceCollection AddHostWork<T>(this IServiceCollection services) where T : class, IHostedService =>
        services.AddSingleton<IHostedService>(static provider =>
        {
            if (provider.GetService<ProcessRole>() is { Instance: not null }) return new Left();
            var work = provider.GetService<T>() ?? ActivatorUtilities.CreateInstance<T>(provider);
            provider.GetService<HostWorkSwitch>()?.Knows(work);
            return work;
        });

    private sealed class Left : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Lays down what only hosts do, jobs too, while the process goes on serving: somebody else takes it over, or it is taken up again.</summary>
public sealed class HostWorkSwitch
{
    private readonly IServiceProvider _services;
    private readonly HashSet<IHostedService> _known = [];

    /// <summary>For the work of one process.</summary>
    public HostWorkSwitch(IServiceProvider services) => _services = services;

    private IEnumerable<IHostedService> Work => _services.GetServices<IHostedService>().Where(s => s is BackgroundJobServerHostedService || _known.Contains(s));

    internal void Knows(IHostedService work) => _known.Add(work);

    /// <summary>Returns when nothing of it runs any more.</summary>
    public async Task LayDown(CancellationToken cancellationToken)
    {
        foreach (var work in Work.Reverse()) await work.StopAsync(cancellationToken);
    }

    /// <summary>As at the start of the process.</summary>
    public async Task TakeUp(CancellationToken cancellationToken)
    {
        foreach (var work in Work) await work.StartAsync(cancellationToken);
    }
}

using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Platform.Modules;

namespace Streaming.Catalog.Discards;

/// <summary>
/// Has the sweep run every hour, once however many hosts share the jobs. Arranged when the host has started: the first job that is
/// described costs a quarter of the whole start.
/// </summary>
internal sealed class SweepSchedule(IRecurringJobManager jobs, IHostApplicationLifetime host) : IHostedService, IDisposable
{
    public const string JobId = "catalog.sweep";

    private CancellationTokenRegistration _started;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = host.ApplicationStarted.Register(() => ThreadPool.QueueUserWorkItem(_ => Arrange()));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _started.Dispose();

    public void Arrange() => jobs.AddOrUpdate<SweepDiscards>(JobId, sweep => sweep.Sweep(CancellationToken.None), Cron.Hourly());
}

internal static class DiscardRegistration
{
    public static ModuleBuilder AddDiscards(this ModuleBuilder module)
    {
        module.Services.AddSingleton<SweepDiscards>().AddHostWork<SweepSchedule>();
        return module;
    }
}

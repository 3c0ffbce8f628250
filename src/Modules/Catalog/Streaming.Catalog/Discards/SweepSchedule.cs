using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Platform.Modules;

namespace Streaming.Catalog.Discards;

/// <summary>Has the sweep run every hour, once however many hosts share the jobs.</summary>
internal sealed class SweepSchedule(IRecurringJobManager jobs) : IHostedService
{
    public const string JobId = "catalog.sweep";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        jobs.AddOrUpdate<SweepDiscards>(JobId, sweep => sweep.Sweep(CancellationToken.None), Cron.Hourly());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class DiscardRegistration
{
    public static ModuleBuilder AddDiscards(this ModuleBuilder module)
    {
        module.Services.AddSingleton<SweepDiscards>().AddHostedService<SweepSchedule>();
        return module;
    }
}

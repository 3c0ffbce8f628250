using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Platform.Modules;

namespace Streaming.Catalog.Discards;

/// <summary>
/// Has the sweep run every hour, once however many hosts share the jobs. Arranged when the host has started: the first job that is
/// described costs a quarter of the whole start. While the jobs' storage does not answer it is tried again.
/// </summary>
internal sealed partial class SweepSchedule(IRecurringJobManager jobs, IHostApplicationLifetime host, TimeProvider clock, ILogger<SweepSchedule> log) : BackgroundService
{
    public const string JobId = "catalog.sweep";

    private static readonly TimeSpan _again = TimeSpan.FromSeconds(30);

    public void Arrange() => jobs.AddOrUpdate<SweepDiscards>(JobId, sweep => sweep.Sweep(CancellationToken.None), Cron.Hourly());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            while (!TryArrange()) await Task.Delay(_again, clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private bool TryArrange()
    {
        try
        {
            Arrange();
            return true;
        }
        catch (Exception failure)
        {
            NotArranged(log, failure.Message);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The hourly sweep could not be arranged, and is tried again: {Reason}")]
    private static partial void NotArranged(ILogger logger, string reason);
}

internal static class DiscardRegistration
{
    public static ModuleBuilder AddDiscards(this ModuleBuilder module)
    {
        module.Services.AddSingleton<SweepDiscards>().AddHostWork<SweepSchedule>();
        return module;
    }
}

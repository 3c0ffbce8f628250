using Microsoft.Extensions.Hosting;

namespace Streaming.Platform.Readiness;

/// <summary>What requests cost this process, everything that it does beside them included.</summary>
/// <param name="Seconds">Over how long.</param>
/// <param name="Requests">How many there were.</param>
/// <param name="MsPerRequest">Processor time of the process for each, in milliseconds: as many cores as 1,000 requests a second take. Null under a hundred requests.</param>
public sealed record ProcessorReport(double Seconds, long Requests, double? MsPerRequest);

/// <summary>Processor time and requests of this process, for the last five minutes.</summary>
internal sealed class ProcessorCost(CallRecorder recorder, TimeProvider clock) : BackgroundService
{
    private const int Least = 100;
    private const int Kept = 31;
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, TimeSpan Cpu, long Requests)> _looks = new();

    /// <summary>Now: processor time since the start of the process, and requests.</summary>
    public static TimeSpan Cpu => Environment.CpuUsage.TotalTime;

    public ProcessorReport Report()
    {
        lock (_looks)
        {
            if (_looks.Count == 0) return new ProcessorReport(0, 0, null);
            var first = _looks.Peek();
            var requests = recorder.Requests - first.Requests;
            return new ProcessorReport(
                Math.Round(clock.GetElapsedTime(first.At).TotalSeconds, 1), requests, requests < Least ? null : Math.Round((Cpu - first.Cpu).TotalMilliseconds / requests, 3));
        }
    }

    internal void Look()
    {
        lock (_looks)
        {
            _looks.Enqueue((clock.GetTimestamp(), Cpu, recorder.Requests));
            if (_looks.Count > Kept) _looks.Dequeue();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Look();
        using var timer = new PeriodicTimer(_every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }
}

using System.Text.Json;
using Streaming.Platform.Readiness.Rehearsals;

namespace Streaming.Host.Rehearsing;

/// <summary>What each step costs both processes.</summary>
internal sealed class StepMeter(HttpClient host, InstanceChild child)
{
    private (double HostCpu, long Requests, TimeSpan? InstanceCpu)? _before;

    /// <summary>A step begins.</summary>
    public async Task Begin(CancellationToken ct) => _before = await Read(ct);

    /// <summary>It is over; null where one of them could not be asked.</summary>
    public async Task<StepCost?> End(CancellationToken ct) =>
        _before is { InstanceCpu: { } before } began && await Read(ct) is { InstanceCpu: { } after } now
            ? new StepCost(now.Requests - began.Requests, Math.Round(now.HostCpu - began.HostCpu, 3), Math.Round((after - before).TotalSeconds, 3))
            : null;

    private async Task<(double HostCpu, long Requests, TimeSpan? InstanceCpu)?> Read(CancellationToken ct)
    {
        using var answer = await host.GetAsync("/api/operations/readiness", ct);
        if (!answer.IsSuccessStatusCode) return null;
        using var told = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(ct));
        return (told.RootElement.GetProperty("cpuSeconds").GetDouble(), told.RootElement.GetProperty("requests").GetInt64(), child.Cpu);
    }
}

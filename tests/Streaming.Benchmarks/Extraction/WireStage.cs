using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Benchmarks.Running;
using Streaming.Catalog;
using Streaming.Catalog.Data;
using Streaming.Host.Running;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Benchmarks.Extraction;

/// <summary>A contract asked in another process over the wire, against the same answer here: a host in the bench's own process, an instance beside it.</summary>
internal static class WireStage
{
    private const string Module = "catalog";
    private const int Items = 20;
    private const int Calls = 3000;
    private const int Batch = 50;

    public static async Task<IReadOnlyList<Row>> Run(string folder, CancellationToken ct)
    {
        await using var host = await RunningHost.Start(
            new Dictionary<string, string?>
            {
                ["data:folder"] = folder,
                ["urls"] = "http://127.0.0.1:0",
                ["telemetry:metrics"] = "off",
                ["logging:loglevel:default"] = "Error",
                ["guard:wayMs"] = "5000",
                ["guard:slowPercent"] = "90",
            }, ct);
        using var instance = Pair.Instance(folder, Module, host.Url);
        try
        {
            var neighbours = host.Services.GetRequiredService<Neighbours>();
            while (!(neighbours.InstancesOf(Module) is { } pool && pool.Instances.All(i => i.State == InstanceState.In))) await Task.Delay(100, ct);
            await using var scope = host.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            var ids = await scope.ServiceProvider.GetRequiredService<CatalogDbContext>().Titles.Take(Items).Select(t => t.Id).ToListAsync(ct);
            var board = host.Services.GetRequiredService<DialBoard>();
            var (here, there, epoch) = (new List<double>(), new List<double>(), board.Epoch);
            for (var done = -Calls / 4; done < Calls; done += Batch)
                foreach (var mode in new[] { DialMode.InProcess, DialMode.Remote })
                {
                    board.Follow([new ModuleDial(Module, mode, 0, ++epoch)]);
                    for (var i = 0; i < Batch; i++)
                    {
                        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                        var answer = await mediator.Send(new GetTitles(ids), ct);
                        var took = System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
                        if (answer.IsError) throw new InvalidOperationException(answer.Error!.Message);
                        if (done >= 0) (mode == DialMode.Remote ? there : here).Add(took);
                    }
                }

            if (host.Services.GetRequiredService<Platform.Dial.Guarding.DialGuard>().Report(Module) is not { CallsThere: > 0, FailedThere: 0 }) throw new InvalidOperationException("Not all calls were answered there.");
            Step.Say("the wire is measured");
            return
            [
                Row.OverPeerAtMost($"{Items} titles over the wire, p50, µs, peer is the same in process", Samples.Percentile(there, 50), Samples.Percentile(here, 50), 250, "µs"),
                Row.Plain($"{Items} titles over the wire, p99, µs, peer is the same in process", Samples.Percentile(there, 99), Samples.Percentile(here, 99)),
            ];
        }
        finally
        {
            if (!instance.HasExited) instance.Kill();
            await instance.WaitForExitAsync(CancellationToken.None);
        }
    }
}

using System.Diagnostics;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Readiness;

namespace Streaming.Benchmarks.Contracts;

/// <summary>What the dial costs: a contract sent in process, against its handler called directly.</summary>
internal sealed class ContractsBench : IBench
{
    private const int Batches = 400;
    private const int CallsPerBatch = 500;

    public string Name => "contracts";

    public string About => "a contract call in process against calling the handler";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        var handler = new EchoHandler();
        var request = new Echo(Guid.CreateVersion7());

        if ((await mediator.Send(request, cancellationToken)).Value != request.Id) throw new InvalidOperationException("The echo is wrong.");
        var (ours, peer) = await Samples.InTurns(
            () => mediator.Send(request, cancellationToken), () => handler.Handle(request, cancellationToken), Batches, CallsPerBatch);
        // As a request with one call that is recorded; what does not fit behind it is dropped, as it would be.
        var recorder = services.GetRequiredService<CallRecorder>();
        var context = scope.ServiceProvider.GetRequiredService<CallContext>();
        var route = new TracedRoute("GET /", TracedRoute.Outside, IsMovable: false);
        async Task Recorded()
        {
            var trace = new CallTrace(recorder, route, null);
            context.Call = trace.Root;
            await mediator.Send(request, cancellationToken);
            trace.End();
            context.Call = null;
        }

        var (recorded, plain) = await Samples.InTurns(Recorded, () => mediator.Send(request, cancellationToken), Batches, CallsPerBatch);
        return
        [
            Row.OverPeerAtMost("call in process, median, ns", ours, peer, 5000, "ns"),
            Row.Plain("the same in a request that is recorded, peer is one that is not, median, ns", recorded, plain),
            Row.Plain("allocated by that, bytes", await Allocated(Recorded), await Allocated(() => mediator.Send(request, cancellationToken))),
            Row.Plain("to ask whether a request is to be recorded, ns", Sampling(route)),
            Row.Plain("allocated a call, bytes", await Allocated(() => mediator.Send(request, cancellationToken)), await Allocated(() => handler.Handle(request, cancellationToken))),
        ];
    }

    private static double Sampling(TracedRoute route)
    {
        const int asked = 10_000_000;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < asked; i++) route.Take();
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / asked;
    }

    private static ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder().Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddModules(configuration, new EchoModule())
            .BuildServiceProvider();
    }

    private static async Task<double> Allocated(Func<Task> call)
    {
        const int calls = 10_000;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < calls; i++) await call();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)calls;
    }
}

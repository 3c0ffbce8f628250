using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;

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
        return
        [
            Row.OverPeerAtMost("call in process, median, ns", ours, peer, 5000, "ns"),
            Row.Plain("allocated a call, bytes", await Allocated(() => mediator.Send(request, cancellationToken)), await Allocated(() => handler.Handle(request, cancellationToken))),
        ];
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

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Wire;

namespace Streaming.Catalog.Ingests;

/// <summary>Server-sent events: the state at once, then every change, at most four a second.</summary>
internal static class FollowIngests
{
    private const int Shown = 50;
    private static readonly TimeSpan _atMostEvery = TimeSpan.FromMilliseconds(250);

    // Another host's changes make no signal here.
    private static readonly TimeSpan _atLeastLook = TimeSpan.FromSeconds(2);

    internal static void Map(RouteGroupBuilder ingests)
    {
        ingests.MapGet("/{id:guid}/events", async (
                Guid id, IMediator mediator, IngestSignal signal, IHostApplicationLifetime host, TimeProvider clock, CancellationToken ct) =>
            {
                if ((await mediator.Send(new GetIngest(id), ct)).Error is { } error) return (IResult)Problems.From(error);
                return TypedResults.ServerSentEvents(Changes(mediator, new GetIngest(id), "ingest", IsFinal, signal, clock, host.ApplicationStopping, ct));
            })
            .WithName("FollowIngest")
            .WithSummary("Follow one ingest until it needs nothing more (server-sent events named ingest).")
            .Produces<IngestView>(contentType: "text/event-stream")
            .ProducesProblem(StatusCodes.Status404NotFound);

        ingests.MapGet("/events", async (
                IMediator mediator, IngestSignal signal, IHostApplicationLifetime host, TimeProvider clock, CancellationToken ct) =>
            {
                var query = new GetIngests(Shown);
                if ((await mediator.Send(query, ct)).Error is { } error) return (IResult)Problems.From(error);
                return TypedResults.ServerSentEvents(Changes(mediator, query, "ingests", _ => false, signal, clock, host.ApplicationStopping, ct));
            })
            .WithName("FollowIngests")
            .WithSummary($"Follow the newest {Shown} ingests (server-sent events named ingests).")
            .Produces<IngestPage>(contentType: "text/event-stream");
    }

    internal static async IAsyncEnumerable<SseItem<T>> Changes<T>(
        IMediator mediator, IQuery<T> query, string name, Func<T, bool> isLast, IngestSignal signal, TimeProvider clock,
        CancellationToken stopping, [EnumeratorCancellation] CancellationToken ct)
    {
        // A host that stops waits for its requests, and this one would never end by itself.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        byte[]? before = null;
        while (!end.IsCancellationRequested)
        {
            // Asked for before the reading, or a change in between would be missed.
            var changed = signal.NextChange;
            // Gone is the end too: a deleted ingest has nothing more to tell.
            if (!(await mediator.Send(query, ct)).TryGet(out var now, out _)) yield break;
            var bytes = JsonSerializer.SerializeToUtf8Bytes(now, ContractJson.Options);
            if (before is null || !bytes.AsSpan().SequenceEqual(before))
            {
                before = bytes;
                yield return new SseItem<T>(now, name);
                if (isLast(now)) yield break;
            }

            await Task.Delay(_atMostEvery, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAny(changed, Task.Delay(_atLeastLook, clock, end.Token));
        }
    }

    private static bool IsFinal(IngestView view) => IngestStates.Final.Contains(IngestStates.Parse(view.State));
}

using System.Runtime.CompilerServices;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Resilience;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>What is called, how it fares, and the operator's hand on its circuit: <c>/ops/resilience</c>.</summary>
internal static class ResilienceBoard
{
    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    public static void MapResilienceBoard(this IEndpointRouteBuilder routes)
    {
        var board = routes.MapGroup("/ops/resilience").WithTags("Operations")
            .RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        board.MapGet("/", (Dependencies dependencies) => Read(dependencies))
            .WithName("ReadResilience").WithSummary("Every dependency that has been called: its policy, its circuit and its counts since the start.");
        board.MapGet("/stream", (Dependencies dependencies, IHostApplicationLifetime host, TimeProvider clock, CancellationToken ct) =>
                TypedResults.ServerSentEvents(Beats(dependencies, clock, host.ApplicationStopping, ct), "resilience"))
            .WithName("StreamResilience").WithSummary("The same once a second, as server-sent events.");
        board.MapPost("/{policy}/{destination}/isolate", (string policy, string destination, Dependencies dependencies) => By(dependencies, policy, destination, d => d.Isolate()))
            .WithName("IsolateDependency").WithSummary("Refuses every call to the dependency until it is closed by hand; its fallback answers.")
            .Produces<DependencyReport>().ProducesProblem(StatusCodes.Status404NotFound);
        board.MapPost("/{policy}/{destination}/close", (string policy, string destination, Dependencies dependencies) => By(dependencies, policy, destination, d => d.Close()))
            .WithName("CloseDependency").WithSummary("Lets calls to the dependency through again, and forgets its failures.")
            .Produces<DependencyReport>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IReadOnlyList<DependencyReport> Read(Dependencies dependencies) => [.. dependencies.All.Select(d => d.Report())];

    private static async IAsyncEnumerable<IReadOnlyList<DependencyReport>> Beats(
        Dependencies dependencies, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken ct)
    {
        // A host that stops waits for its requests, and this one would never end by itself.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        while (!end.IsCancellationRequested)
        {
            yield return Read(dependencies);
            await Task.Delay(_beat, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<IResult> By(Dependencies dependencies, string policy, string destination, Func<Dependency, Task> act)
    {
        if (dependencies.All.FirstOrDefault(d => d.Policy == policy && d.Destination == destination) is not { } dependency)
            return Problems.From(Error.NotFound("dependency", $"{policy}/{destination}"));
        await act(dependency);
        return TypedResults.Ok(dependency.Report());
    }
}

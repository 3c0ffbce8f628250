using System.Security.Claims;
using System.Text.Json;
using Streaming.Kernel;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>Moving modules' rows to databases of their own: <c>/api/operations/data</c>.</summary>
internal static class DataMoveEndpoints
{
    internal sealed record DataMoveList(IReadOnlyList<DataMoveView> Items);

    /// <summary>One module's move. <c>FenceMs</c> is how long nobody could write, <c>RetainedBytes</c> what of the log is kept for the side that follows.</summary>
    internal sealed record DataMoveView(
        string Module, long Epoch, string Phase, string Target, string By, string Message, double? FenceMs, long? Verified, long? RetainedBytes, DateTimeOffset At);

    internal sealed record MoveBody(string To);

    internal sealed record MoveChanged(string Module, long Epoch);

    public static void MapDataMoves(this IEndpointRouteBuilder routes)
    {
        var data = routes.MapGroup("/api/operations/data").WithTags("Operations").RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        data.MapGet("", async (DataMoves moves, CancellationToken ct) => new DataMoveList([.. (await moves.List(ct)).Select(View)]))
            .WithName("ListDataMoves").WithSummary("Moves of modules' rows to databases of their own, and how far they are; for operators.");
        Map("", "MoveData", "Begins to move a module's rows to an empty PostgreSQL database; hosts carry it out.",
            async (string module, MoveBody body, ModuleSet modules, DataMoves moves, ClaimsPrincipal who, CancellationToken ct) =>
                Answer(module, modules.Modules.Any(m => m.Name == module) ? await moves.Begin(module, body.To ?? "", NameOf(who), ct) : Error.NotFound("module", module)));
        Map("/back", "MoveDataBack", "Brings moved rows back, with all that has changed.", async (string module, DataMoves moves, ClaimsPrincipal who, CancellationToken ct) => Answer(module, await moves.Back(module, NameOf(who), ct)));
        Map("/complete", "CompleteDataMove", "Ends a move for good: the old tables are dropped.", async (string module, DataMoves moves, ClaimsPrincipal who, CancellationToken ct) => Answer(module, await moves.Complete(module, NameOf(who), ct)));
        Map("/abort", "AbortDataMove", "Gives a move up that has not come to its end.", async (string module, DataMoves moves, ClaimsPrincipal who, CancellationToken ct) => Answer(module, await moves.Abort(module, NameOf(who), ct)));

        void Map(string way, string name, string summary, Delegate handler) => data.MapPost($"/{{module}}{way}", handler)
            .Produces<MoveChanged>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithName(name).WithSummary($"{summary[..^1]}; for operators.");
    }

    private static IResult Answer(string module, Result<long> changed) =>
        changed.TryGet(out var epoch, out var error) ? TypedResults.Accepted((string?)null, new MoveChanged(module, epoch)) : Problems.From(error);

    private static DataMoveView View(DataMoveReport m) =>
        new(m.Module, m.Epoch, JsonNamingPolicy.KebabCaseLower.ConvertName(m.Phase.ToString()), m.Target, m.By, m.Message, m.FenceMs, m.Verified, m.RetainedBytes, m.At);

    private static string NameOf(ClaimsPrincipal who) => who.Identity?.Name ?? "an operator";
}

using System.Security.Claims;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>Where modules run, and turning that: <c>/api/operations/dial</c>.</summary>
internal static class DialEndpoints
{
    private const int MostDecisions = 200;
    private const int LongestReason = 300;

    /// <summary>All modules, the processes that are there, and the latest decisions.</summary>
    internal sealed record DialList(long Epoch, IReadOnlyList<DialView> Modules, IReadOnlyList<ProcessView> Processes);

    /// <summary>One module. <c>Percent</c> is the share of callers that are served elsewhere; <c>Guard</c> counts, and <c>Shadow</c> compares, since the dial was turned last.</summary>
    internal sealed record DialView(string Module, string Mode, decimal Percent, long Epoch, IReadOnlyList<string> Instances, GuardReport? Guard, ShadowReport? Shadow);

    /// <summary>Another process; <c>Unfit</c> are the contracts that it cannot be asked, with the reasons.</summary>
    internal sealed record ProcessView(
        string Name, bool IsInstance, IReadOnlyList<string> Modules, Uri Address, Uri? Wire, string Version, long Epoch, bool IsDraining, IReadOnlyDictionary<string, IReadOnlyList<string>> Unfit);

    internal sealed record DecisionList(IReadOnlyList<DecisionView> Items);

    internal sealed record DecisionView(long Epoch, string Module, string Mode, decimal Percent, string By, string Reason, string? Numbers, bool IsTurnBack, DateTimeOffset At);

    internal sealed record TurnBody(string Mode, decimal Percent = 0, string? Reason = null, long? Replaces = null, bool Force = false);

    internal sealed record HomeBody(string? Reason = null);

    public static void MapDial(this IEndpointRouteBuilder routes)
    {
        var dial = routes.MapGroup("/api/operations/dial").WithTags("Operations").RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        dial.MapGet("", Read).WithName("ReadDial").WithSummary("Where the calls of each module run, which instances there are, and what the guard has counted since; for operators.");
        dial.MapGet("/decisions", async (string? module, int? limit, DialDecisions decisions, CancellationToken ct) =>
                new DecisionList([.. (await decisions.Latest(module, Math.Clamp(limit ?? 50, 1, MostDecisions), ct)).Select(View)]))
            .WithName("ListDialDecisions").WithSummary("Decisions about where modules run, the newest first, with who made them, why, and the numbers; for operators.");
        dial.MapPut("/{module}", async (string module, TurnBody body, ModuleSet modules, DialDecisions decisions, ClaimsPrincipal who, CancellationToken ct) =>
            {
                if (modules.Modules.All(m => m.Name != module)) return Problems.From(Error.NotFound("module", module));
                if (Mistakes(body) is { Count: > 0 } mistakes) return Problems.From(Error.Invalid(mistakes));
                var turned = await decisions.Turn(
                    new DialTurn(module, DialWords.Parse(body.Mode)!.Value, body.Percent, NameOf(who), body.Reason ?? "by hand") { Replaces = body.Replaces, IsForced = body.Force }, ct);
                return turned.TryGet(out var now, out var error) ? (IResult)TypedResults.Ok(new TurnedView(now.Module, DialWords.Of(now.Mode), now.Elsewhere, now.Epoch)) : Problems.From(error);
            })
            .Produces<TurnedView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithName("TurnDial").WithSummary("Turns a module's dial; every process follows within a second. Refused where no instance serves the module; for operators.");
        dial.MapPost("/{module}/home", async (string module, ModuleSet modules, DialDecisions decisions, ClaimsPrincipal who, CancellationToken ct) =>
            {
                if (modules.Modules.All(m => m.Name != module)) return Problems.From(Error.NotFound("module", module));
                var turned = await decisions.Turn(new DialTurn(module, DialMode.InProcess, 0, NameOf(who), "back in process"), ct);
                return turned.TryGet(out var now, out var error) ? (IResult)TypedResults.Ok(new TurnedView(now.Module, DialWords.Of(now.Mode), now.Elsewhere, now.Epoch)) : Problems.From(error);
            })
            .Produces<TurnedView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("TurnModuleHome").WithSummary("Brings one module back into the hosts' processes; for operators.");
        dial.MapPost("/home", async (HomeBody? body, DialBoard board, ModuleSet modules, DialDecisions decisions, ClaimsPrincipal who, CancellationToken ct) =>
            {
                var home = new List<TurnedView>();
                foreach (var module in modules.Modules.Where(m => board.Of(m.Name) is { Mode: not (DialMode.InProcess or DialMode.RoundTrip) }))
                {
                    var turned = await decisions.Turn(new DialTurn(module.Name, DialMode.InProcess, 0, NameOf(who), body?.Reason ?? "all back in process"), ct);
                    if (!turned.TryGet(out var now, out var error)) return Problems.From(error);
                    home.Add(new TurnedView(now.Module, DialWords.Of(now.Mode), now.Elsewhere, now.Epoch));
                }

                return (IResult)TypedResults.Ok(new HomeView(home));
            })
            .Produces<HomeView>().ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("TurnDialHome").WithSummary("Brings all modules back into the hosts' processes; for operators.");
    }

    internal sealed record TurnedView(string Module, string Mode, decimal Percent, long Epoch);

    internal sealed record HomeView(IReadOnlyList<TurnedView> Turned);

    private static DialList Read(DialBoard board, ModuleSet modules, Neighbours neighbours, DialGuard guard, ShadowCalls shadow) => new(
        board.Epoch,
        [
            .. modules.Modules.Select(m => board.Of(m.Name) is var d
                ? new DialView(d.Module, DialWords.Of(d.Mode), d.Elsewhere, d.Epoch, [.. neighbours.Serving(m.Name).Select(n => n.Name)], guard.Report(m.Name), shadow.Report(m.Name))
                : null!),
        ],
        [.. neighbours.All.Select(n => new ProcessView(n.Name, n.IsInstance, [.. n.Modules.Order(StringComparer.Ordinal)], n.Address, n.Wire, n.Version, n.Epoch, n.IsDraining, n.Unfit))]);

    private static DecisionView View(DialDecided d) => new(d.Epoch, d.Module, DialWords.Of(d.Mode), d.Percent, d.By, d.Reason, d.Numbers, d.IsTurnBack, d.At);

    private static string NameOf(ClaimsPrincipal who) => who.Identity?.Name ?? "an operator";

    private static Dictionary<string, string[]> Mistakes(TurnBody body)
    {
        var mistakes = new Dictionary<string, string[]>();
        if (DialWords.Parse(body.Mode) is null) mistakes["mode"] = [$"It takes {string.Join(", ", DialWords.All)}."];
        if (body.Percent is < 0 or > 100 || decimal.Round(body.Percent, 2) != body.Percent) mistakes["percent"] = ["It takes 0 to 100, to two decimals."];
        if (body.Reason is { Length: > LongestReason }) mistakes["reason"] = [$"It takes up to {LongestReason} characters."];
        return mistakes;
    }
}

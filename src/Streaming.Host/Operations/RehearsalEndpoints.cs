using System.Net.Mime;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Readiness.Rehearsals;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>The rehearsals that are kept in the data folder: <c>/api/operations/rehearsals</c>.</summary>
internal static class RehearsalEndpoints
{
    internal sealed record RehearsalList(IReadOnlyList<RehearsalEntry> Items);

    public static void MapRehearsals(this IEndpointRouteBuilder routes)
    {
        var rehearsals = routes.MapGroup("/api/operations/rehearsals").WithTags("Operations").RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        rehearsals.MapGet("", async (RehearsalFiles files, CancellationToken ct) => new RehearsalList(await files.List(ct)))
            .WithName("ListRehearsals").WithSummary("The newest hundred rehearsals of a module's move, with their verdicts; for operators.");
        rehearsals.MapGet("/{name}", async (string name, RehearsalFiles files, HttpRequest request, CancellationToken ct) =>
                ReadinessEndpoints.WantsMarkdown(request) ? await Markdown(name, files, ct)
                    : (await files.Read(name, ct)).TryGet(out var kept, out var error) ? TypedResults.Ok(kept) : Problems.From(error))
            .Produces<KeptRehearsal>(StatusCodes.Status200OK, MediaTypeNames.Application.Json, ReadinessEndpoints.Markdown).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("ReadRehearsal").WithSummary("One rehearsal with its steps; as JSON, or as the Markdown that was kept; for operators.");
        rehearsals.MapGet("/{name}.md", (string name, RehearsalFiles files, CancellationToken ct) => Markdown(name, files, ct))
            .Produces<string>(contentType: ReadinessEndpoints.Markdown).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("ReadRehearsalMarkdown").WithSummary("One rehearsal as the Markdown that was kept; for operators.");
    }

    private static async Task<IResult> Markdown(string name, RehearsalFiles files, CancellationToken ct) =>
        await files.Markdown(name, ct) is { } text ? ReadinessEndpoints.Text(text) : Problems.From(Error.NotFound("rehearsal", name));
}

using System.Net.Mime;
using System.Text;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Readiness;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>Whether each module could run in a process of its own: <c>/api/operations/readiness</c>.</summary>
internal static class ReadinessEndpoints
{
    internal const string Markdown = "text/markdown";

    /// <summary>All modules. <c>CpuSeconds</c> and <c>Requests</c> are this process's since its start.</summary>
    internal sealed record ReadinessList(IReadOnlyList<ReadinessLine> Items, ModuleGraph Graph, ProcessorReport Processor, double CpuSeconds, long Requests);

    internal sealed record ReadinessLine(string Module, string Verdict, string Summary, int Blockers, int Ambers, ReadinessSeen Seen);

    public static void MapReadiness(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.MapGroup("/api/operations/readiness").WithTags("Operations").RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        readiness.MapGet("", async (ReadinessBoard board, HttpRequest request, CancellationToken ct) =>
            {
                var reports = await board.All(ct);
                return WantsMarkdown(request) ? Text(ReadinessMarkdown.Of(reports)) : TypedResults.Ok(Lines(reports, board));
            })
            .Produces<ReadinessList>(StatusCodes.Status200OK, MediaTypeNames.Application.Json, Markdown)
            .WithName("ListReadiness").WithSummary("Whether each module could run in a process of its own, by what was seen of it; as JSON or Markdown, for operators.");
        readiness.MapGet("/{module}", async (string module, ReadinessBoard board, HttpRequest request, CancellationToken ct) =>
                await board.Of(module, ct) is not { } report ? Problems.From(Error.NotFound("module", module)) : WantsMarkdown(request) ? Text(ReadinessMarkdown.Of(report)) : TypedResults.Ok(report))
            .Produces<ReadinessReport>(StatusCodes.Status200OK, MediaTypeNames.Application.Json, Markdown).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("ReadReadiness").WithSummary("One module's report: findings, canvas, calls as seen, what a move would add and cost; as JSON or Markdown, for operators.");
        readiness.MapGet("/{module}.md", async (string module, ReadinessBoard board, CancellationToken ct) =>
                await board.Of(module, ct) is { } report ? Text(ReadinessMarkdown.Of(report)) : Problems.From(Error.NotFound("module", module)))
            .Produces<string>(contentType: Markdown).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("ReadReadinessMarkdown").WithSummary("One module's report as Markdown; for operators.");
    }

    internal static bool WantsMarkdown(HttpRequest request) => request.GetTypedHeaders().Accept.Any(a => a.MediaType == Markdown);

    internal static IResult Text(string markdown) => TypedResults.Text(markdown, Markdown, Encoding.UTF8);

    private static ReadinessList Lines(IReadOnlyList<ReadinessReport> reports, ReadinessBoard board)
    {
        var (cpu, requests) = board.Spent;
        return new ReadinessList(
            [.. reports.Select(r => new ReadinessLine(r.Module, r.Verdict, r.Summary, Of(r, "blocker"), Of(r, "amber"), r.Seen))],
            reports[0].Graph, reports[0].Processor, Math.Round(cpu.TotalSeconds, 3), requests);
    }

    private static int Of(ReadinessReport report, string level) => report.Findings.Count(f => f.Level == level);
}

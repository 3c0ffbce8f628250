using Streaming.Platform.Data;
using Streaming.Platform.Http;

namespace Streaming.Host.Gateway;

/// <summary>What goes wrong is answered as problem details to programs and as a page to people.</summary>
internal static class ProblemPages
{
    private static readonly string[] _programs = ["/api", "/m", "/health", "/openapi", "/ofrep", "/ops", "/assets", "/artwork"];

    public static void UseProblemsOrPages(this WebApplication app)
    {
        app.UseWhen(WantsPage, pages =>
        {
            pages.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/error",
                StatusCodeSelector = failure => StorageFault.Of(failure) is { } fault ? Problems.Status(fault) : StatusCodes.Status500InternalServerError,
            });
            pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        });
        app.UseWhen(context => !WantsPage(context), programs =>
        {
            programs.UseProblems();
            programs.UseStatusCodePages();
        });
    }

    public static bool WantsPage(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && !_programs.Any(root => context.Request.Path.StartsWithSegments(root));
}

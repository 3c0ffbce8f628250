using Microsoft.AspNetCore.Http;
using Streaming.Platform.Http;
using Streaming.Web.Shared;

namespace Streaming.Web.Access;

/// <summary>Failures as pages for people who navigate; programs keep getting problem details.</summary>
internal sealed class ErrorPageWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => WantsPage(context.HttpContext.Request);

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        PageGate.Protect(context.HttpContext.Response);
        var trace = context.ProblemDetails.Extensions.TryGetValue("traceId", out var id) ? id?.ToString() : null;
        return new ValueTask(MessagePage.Failed(context.HttpContext.Response.StatusCode, trace).ExecuteAsync(context.HttpContext));
    }

    public static Task NotFoundAsync(HttpContext http)
    {
        if (!WantsPage(http.Request))
            return Problems.From(new Kernel.Error(Kernel.ErrorKind.NotFound, "not-found", $"There is nothing at {http.Request.Path}.")).ExecuteAsync(http);
        PageGate.Protect(http.Response);
        return MessagePage.NotFound.ExecuteAsync(http);
    }

    private static bool WantsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Path.StartsWithSegments("/account"))
        && !request.Path.StartsWithSegments("/api")
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}

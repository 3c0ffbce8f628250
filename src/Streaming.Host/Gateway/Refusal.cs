using System.Globalization;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Host.Gateway;

/// <summary>What somebody gets whose request the gateway does not let in: a problem, or for people a page that costs nothing to make.</summary>
internal static class Refusal
{
    public const string RateLimited = "rate-limited";

    public static Task TooMany(HttpContext context, string limit, TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds));
        return Write(
            context,
            Error.Unavailable(RateLimited, $"That was more than the limit '{limit}' allows. Wait {seconds} s, then send less at a time."),
            StatusCodes.Status429TooManyRequests, "Too many requests", seconds);
    }

    public static Task Shed(HttpContext context, int retryAfterSeconds) => Write(
        context,
        Error.Unavailable(Error.Shed, $"There is more to do here than can be done in time, and this was not begun. Try again in {retryAfterSeconds} s."),
        StatusCodes.Status503ServiceUnavailable, "Busy", retryAfterSeconds);

    /// <summary>A change was sent to another process and nobody knows what became of it. Whoever asked can find out; sending it again unasked might do it twice.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isLate">No answer came in time; else the connection broke.</param>
    public static Task AnswerLost(HttpContext context, bool isLate)
    {
        var problem = Problems.From(Error.Unavailable(
            "answer-lost",
            "This was passed on to another process whose answer did not come, so it may or may not have been done. Look whether it was, or send it again with the same Idempotency-Key.")).ProblemDetails;
        (problem.Status, problem.Title) = (isLate ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway, "Answer lost");
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>The module is elsewhere alone, and does not answer there.</summary>
    public static Task Detached(HttpContext context, string module) => Write(
        context,
        Error.Unavailable("not-reached", $"{module} runs elsewhere alone, and does not answer there. Try again in a few seconds."),
        StatusCodes.Status503ServiceUnavailable, "Not reached", 2);

    private static async Task Write(HttpContext context, Error error, int status, string title, int retryAfterSeconds)
    {
        RequestTags.Add(context, RequestTags.Refused, error.Code);
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        if (ProblemPages.WantsPage(context))
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync(
                $"<!doctype html><html lang=\"en\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><h1>{title}</h1><p>{System.Net.WebUtility.HtmlEncode(error.Message)}</p>",
                context.RequestAborted);
            return;
        }

        var problem = Problems.From(error).ProblemDetails;
        (problem.Status, problem.Title) = (status, title);
        await TypedResults.Problem(problem).ExecuteAsync(context);
    }
}

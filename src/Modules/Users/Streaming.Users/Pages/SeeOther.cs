using Microsoft.AspNetCore.Http;
using Streaming.Platform.Http;

namespace Streaming.Users.Pages;

/// <summary>303: the form has been dealt with, get this page now.</summary>
internal sealed class SeeOther(string url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = url;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    /// <summary>Back to the form's page with what was wrong; the page puts it into words.</summary>
    public static SeeOther Failed(string page, string code, string? field = null, string? returnUrl = null)
    {
        var query = QueryString.Create("error", code);
        if (field is not null) query = query.Add("field", field);
        if (LocalUrl.IsLocal(returnUrl)) query = query.Add("returnUrl", returnUrl!);
        return new SeeOther(page + query);
    }
}

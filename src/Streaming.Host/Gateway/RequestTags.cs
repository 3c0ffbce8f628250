using Microsoft.AspNetCore.Http.Features;

namespace Streaming.Host.Gateway;

/// <summary>
/// What the server's own measurement of a request, <c>http.server.request.duration</c>, does not know: its class, and by what it was
/// refused. It has the route's template, method and status, and never an address.
/// </summary>
internal static class RequestTags
{
    public const string Class = "streaming.class";
    public const string Refused = "streaming.refused";

    /// <summary>After routing.</summary>
    public static void UseRequestTags(this IApplicationBuilder app)
    {
        var traffic = app.ApplicationServices.GetRequiredService<TrafficMap>();
        app.Use((context, next) =>
        {
            Add(context, Class, traffic.Of(context).Label);
            return next(context);
        });
    }

    /// <summary>Nothing where nobody measures, or it has one already: an error's page passes a second time.</summary>
    public static void Add(HttpContext context, string name, string value)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>()?.Tags is not { } tags) return;
        foreach (var tag in tags)
            if (tag.Key == name) return;
        tags.Add(new KeyValuePair<string, object?>(name, value));
    }
}

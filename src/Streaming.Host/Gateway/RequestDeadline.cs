using System.Globalization;
using Streaming.Platform.Dial;

namespace Streaming.Host.Gateway;

/// <summary>
/// Gives each request the moment by which it must have been answered; every call that it leads to ends before. A client may ask for
/// less time. What lasts by its nature has no such moment.
/// </summary>
internal sealed class RequestDeadline(RequestDelegate next, TrafficMap traffic, GatewaySettings settings, TimeProvider clock)
{
    public const string Header = "Streaming-Deadline-Ms";

    public Task Invoke(HttpContext context)
    {
        if (traffic.Of(context).Kind is TrafficKind.Ordinary)
        {
            var allowed = (long)settings.Current.DeadlineMs;
            if (context.Request.Headers.TryGetValue(Header, out var asked)) allowed = Math.Min(allowed, Asked(asked!));
            context.RequestServices.GetRequiredService<CallContext>().Deadline = clock.GetTimestamp() + (allowed * clock.TimestampFrequency / 1000);
        }

        return next(context);
    }

    private static int Asked(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
        ? milliseconds
        : throw new BadHttpRequestException($"{Header} must be a whole number of milliseconds above 0.");
}

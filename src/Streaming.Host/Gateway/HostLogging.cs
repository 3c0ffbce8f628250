namespace Streaming.Host.Gateway;

/// <summary>Logs: a line for a person at a terminal, JSON objects for whoever collects them.</summary>
internal static class HostLogging
{
    public static void AddHostLogging(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();
        // Its scope would be a second one around every request, under an id that no client was told; what else it says, metrics and traces do.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConfiguration(configuration.GetSection("logging"));
        if (configuration.GetValue("logging:json", Console.IsOutputRedirected))
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                json.IncludeScopes = true;
            });
        else
            logging.AddSimpleConsole(simple =>
            {
                simple.SingleLine = true;
                simple.TimestampFormat = "HH:mm:ss ";
            });
    }
}

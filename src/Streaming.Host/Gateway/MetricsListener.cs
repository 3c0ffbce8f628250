using Streaming.Host.Handovers;

namespace Streaming.Host.Gateway;

/// <summary>
/// <c>/metrics</c> for Prometheus, only on a listener of its own (<c>telemetry:metrics</c>; <c>off</c> for none), which answers nothing else.
/// A second host on the same machine must not fail for the sake of its metrics, so one whose address is taken has none and says so.
/// </summary>
internal sealed partial class MetricsListener
{
    private const string Path = "/metrics";

    private readonly Uri? _wanted;

    /// <exception cref="InvalidOperationException">The setting is no address.</exception>
    public MetricsListener(IConfiguration configuration, ListeningSockets sockets)
    {
        var text = configuration["telemetry:metrics"];
        if (string.IsNullOrEmpty(text) || text == "off") return;
        if (!Uri.TryCreate(text, UriKind.Absolute, out _wanted) || _wanted.Scheme is not ("http" or "https"))
            throw new InvalidOperationException($"telemetry:metrics is '{text}'; it takes an address such as http://127.0.0.1:9464, or off.");
        if (sockets.AreGiven || !ListenAddress.IsTaken(text)) Address = _wanted;
    }

    /// <summary>Null for none.</summary>
    public Uri? Address { get; }

    /// <summary>First of all: whoever reaches this listener reaches nothing but metrics.</summary>
    public void UseAlone(WebApplication app)
    {
        if (_wanted is not null && Address is null) Taken(app.Logger, _wanted);
        if (Address is not { Port: var port }) return;
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port || context.Request.Path.Equals(Path, StringComparison.Ordinal)) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        if (Address is not { Port: var port }) return;
        // Which listener it is the connection says; the host that a client names is only what it says.
        routes.MapPrometheusScrapingEndpoint(Path, null, branch => branch.Use((context, next) =>
        {
            if (context.Connection.LocalPort == port) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }), null);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Address} is taken, so this host shows no metrics; give it an address of its own with telemetry:metrics, or say off")]
    private static partial void Taken(ILogger logger, Uri address);
}

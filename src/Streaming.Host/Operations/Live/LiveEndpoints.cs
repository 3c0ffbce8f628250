using System.Net.Mime;
using System.Text;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Observing;
using Streaming.Users;

namespace Streaming.Host.Operations.Live;

/// <summary>What the Operations page draws, for whoever wants to draw it elsewhere: <c>/ops/live</c>.</summary>
internal static class LiveEndpoints
{
    /// <summary>Pages that are kept up to date at once.</summary>
    public const int MostWatchers = 64;

    private const int MostNames = 100;

    public static void MapLiveBoard(this IEndpointRouteBuilder routes)
    {
        var live = routes.MapGroup("/ops/live").WithTags("Operations")
            .RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        live.MapGet("/", Read).Produces<object>().ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithName("ReadLive").WithSummary("The charts' lines (minutes=5, 15, 60 or 360; lines=name,…), the alerts and the panels as they are now.");
        live.MapGet("/stream", Stream).Produces<string>(contentType: MediaTypeNames.Text.EventStream).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("StreamLive").WithSummary("Once a second the newest value of each line and what else has changed, as server-sent events.");
    }

    private static IResult Read(LiveBoard board, int minutes = 15, string? lines = null)
    {
        var names = lines?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (minutes is < 1 or > 360 || names.Length > MostNames)
            return Problems.From(Error.Invalid(new Dictionary<string, string[]> { ["minutes"] = [$"From 1 to 360, and at most {MostNames} lines."] }));
        var isFine = minutes * 60 <= Recorder.FineSlots;
        return TypedResults.Text(board.Snapshot(isFine, minutes * 60 / (isFine ? 1 : Recorder.Coarse), names), MediaTypeNames.Application.Json, Encoding.UTF8);
    }

    private static IResult Stream(LiveBoard board, HttpContext http, IHostApplicationLifetime host)
    {
        if (!board.TryWatch(MostWatchers))
            return Problems.From(Error.Unavailable("too-many-watchers", $"{MostWatchers} pages are watching already. Close one, then try again."));
        http.Response.OnCompleted(() =>
        {
            board.Leave();
            return Task.CompletedTask;
        });
        // A host that stops waits for its requests, and this one would never end by itself.
        var end = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping, http.RequestAborted);
        http.Response.RegisterForDispose(end);
        return TypedResults.ServerSentEvents(board.Beats(end.Token), "beat");
    }
}

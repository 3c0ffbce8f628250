using Streaming.Host.Gateway.Forwarding;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Platform.Modules;
using Streaming.Users;

namespace Streaming.Host.Operations;

/// <summary>Tokens with which single requests are served here or elsewhere, whatever the dial says.</summary>
internal static class PlacementEndpoints
{
    private const int MostMinutes = 60;

    internal sealed record PlacementBody(string Module, string Placement, int Minutes = 10);

    internal sealed record PlacementToken(string Token, string Module, string Placement, DateTimeOffset ExpiresAt);

    public static void MapPlacements(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/operations/placements", (PlacementBody body, ModuleSet modules, PlacementTokens tokens, TimeProvider clock, HttpResponse response) =>
            {
                if (Mistakes(body, modules) is { Count: > 0 } mistakes) return Problems.From(Error.Invalid(mistakes));
                var until = clock.GetUtcNow().AddMinutes(body.Minutes);
                response.Headers.CacheControl = "no-store";
                return (IResult)TypedResults.Ok(new PlacementToken(tokens.Seal(new Placement(body.Module, body.Placement == "there", until)), body.Module, body.Placement, until));
            })
            .WithTags("Operations").RequireAuthorization(policy => policy.RequireRole(Roles.Operator))
            .Produces<PlacementToken>().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithName("CreatePlacement").WithSummary("A token for the header Streaming-Placement: requests of a module that carry it are served here or elsewhere, for up to an hour; for operators.");

    private static Dictionary<string, string[]> Mistakes(PlacementBody body, ModuleSet modules)
    {
        var mistakes = new Dictionary<string, string[]>();
        if (modules.Modules.All(m => m.Name != body.Module)) mistakes["module"] = [$"There is no module '{body.Module}'; there are {string.Join(", ", modules.Modules.Select(m => m.Name))}."];
        if (body.Placement is not ("here" or "there")) mistakes["placement"] = ["It is here or there."];
        if (body.Minutes is < 1 or > MostMinutes) mistakes["minutes"] = [$"It takes 1 to {MostMinutes}."];
        return mistakes;
    }
}

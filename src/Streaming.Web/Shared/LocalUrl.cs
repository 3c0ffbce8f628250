namespace Streaming.Web.Shared;

/// <summary>Addresses handed in by a query string: only this site's own are followed.</summary>
internal static class LocalUrl
{
    public static string OrHome(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : "/";
}

namespace Streaming.Users.Pages;

/// <summary>Where to go back to after a form; only ever on this site.</summary>
internal static class LocalUrl
{
    public static bool IsLocal(string? url) =>
        url is ['/', ..] and not ['/', '/', ..] && url.Length <= 2048 && url.All(c => c is > ' ' and <= '~' and not '\\');

    public static string Or(string? url, string otherwise) => IsLocal(url) ? url! : otherwise;
}

namespace Streaming.Platform.Http;

/// <summary>Addresses to go back to that somebody else handed in: only paths of this site are followed.</summary>
public static class LocalUrl
{
    private const int Longest = 2048;

    // Encoded, browsers leave these alone; but a proxy or a second decoding on the way would not.
    private static readonly string[] _encoded = ["%2f", "%5c", "%0", "%1", "%7f"];

    /// <summary>
    /// Whether it is a path of this site, with or without query and fragment: printable ASCII with one slash at its beginning, no
    /// backslash, and in the path neither an empty segment nor an encoded slash, backslash or control character.
    /// </summary>
    public static bool IsLocal(string? url)
    {
        if (url is not ['/', ..] || url.Length > Longest || url.Any(c => c is <= ' ' or > '~' or '\\')) return false;
        var end = url.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? url : url[..end];
        return !path.Contains("//", StringComparison.Ordinal) && !_encoded.Any(e => path.Contains(e, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The address if it is of this site, else the other one.</summary>
    public static string Or(string? url, string otherwise) => IsLocal(url) ? url! : otherwise;
}

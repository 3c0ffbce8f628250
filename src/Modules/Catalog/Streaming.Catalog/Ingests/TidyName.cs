using System.Text.RegularExpressions;

namespace Streaming.Catalog.Ingests;

/// <summary>A title from a file name: <c>Big.Buck.Bunny.2008.1080p.x264.mkv</c> is Big Buck Bunny.</summary>
internal static partial class TidyName
{
    public static string Of(string fileName)
    {
        var name = Path.GetFileNameWithoutExtension(fileName);
        var words = Separators().Replace(name, " ").Trim();
        var release = Release().Match(words);
        if (release.Success && release.Index > 0) words = words[..release.Index];
        words = words.Trim(' ', '-', '(', '[', ',');
        if (words.Length == 0) return name.Length == 0 ? "Untitled" : name;
        return !words.Any(char.IsUpper) ? char.ToUpperInvariant(words[0]) + words[1..] : words;
    }

    [GeneratedRegex(@"[._\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(
        @"[\s(\[]((19|20)\d\d|\d{3,4}[pi]|4k|uhd|hdr|web(-?dl|rip)?|blu-?ray|b[dr]rip|dvd(rip)?|hdtv|[xh]\s?26[45]|hevc|av1)(?=$|[\s)\]])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Release();
}

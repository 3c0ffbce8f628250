using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Catalog.Ingests;

/// <summary>What a file name says about a film: <c>Big.Buck.Bunny.2008.1080p.x264.mkv</c> is Big Buck Bunny, of 2008.</summary>
internal readonly partial record struct TidyName(string Title, int? Year)
{
    private const int FirstFilm = 1888;

    /// <param name="fileName">With or without folders.</param>
    /// <param name="latest">A later year than this is no year of release but a part of the title.</param>
    public static TidyName Of(string fileName, int latest)
    {
        var name = Path.GetFileNameWithoutExtension(fileName);
        var words = Separators().Replace(name, " ").Trim();
        var end = Release().Match(words) is { Success: true } release ? release.Index : words.Length;

        // Titles hold years too (1917, 2012): the year of release is the last one before the marks of the release.
        var years = FourDigits().Matches(words).Where(m => IsYear(m.Value, latest)).ToList();
        var year = years.FindLast(y => y.Index < end) ?? years.FirstOrDefault();
        var title = Trim(words[..Math.Min(end, year?.Index ?? end)]);
        if (title.Length == 0) (title, year) = (Trim(words), null);
        if (title.Length == 0) return new TidyName(name.Length == 0 ? "Untitled" : name, null);
        return new TidyName(
            title.Any(char.IsUpper) ? title : char.ToUpperInvariant(title[0]) + title[1..],
            year is null ? null : int.Parse(year.Value, CultureInfo.InvariantCulture));
    }

    private static bool IsYear(string digits, int latest) => int.Parse(digits, CultureInfo.InvariantCulture) is var year && year >= FirstFilm && year <= latest;

    private static string Trim(string words) => words.Trim(' ', '-', '(', '[', ',');

    [GeneratedRegex(@"[._\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(@"(?<=[\s(\[])\d{4}(?=$|[\s)\]])", RegexOptions.CultureInvariant)]
    private static partial Regex FourDigits();

    [GeneratedRegex(
        @"(?<=[\s(\[])(\d{3,4}[pi]|4k|uhd|hdr|web(-?dl|rip)?|blu-?ray|b[dr]rip|dvd(rip)?|hdtv|[xh]\s?26[45]|hevc|av1)(?=$|[\s)\]])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Release();
}

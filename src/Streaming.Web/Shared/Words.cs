using System.Globalization;
using Streaming.Catalog;

namespace Streaming.Web.Shared;

/// <summary>Figures and codes as people read them.</summary>
internal static class Words
{
    public static string Duration(double seconds)
    {
        var minutes = (int)Math.Round(seconds / 60);
        return (seconds, minutes) switch
        {
            ( < 60, _) => $"{Math.Round(seconds)} s",
            (_, < 60) => $"{minutes} min",
            _ => minutes % 60 == 0 ? $"{minutes / 60} h" : $"{minutes / 60} h {minutes % 60} min",
        };
    }

    public static string Left(double position, double duration) => $"{Duration(Math.Max(0, duration - position))} left";

    public static string Maturity(int age) => age == 0 ? "All ages" : string.Create(CultureInfo.InvariantCulture, $"{age}+");

    public static string Genre(string genre) => Sentence(genre);

    public static string Genres(IEnumerable<string> genres) => string.Join(", ", genres.Select(Genre));

    public static string Sentence(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    public static string Bytes(long count)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (value, unit) = ((double)count, 0);
        for (; value >= 1000 && unit < units.Length - 1; unit++) value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 100 ? Math.Round(value) : Math.Round(value, 1))} {units[unit]}");
    }

    public static string Episode(TitleCard card) => card is { Season: { } season, Episode: { } episode } ? $"S{season} E{episode}" : "";

    public static string Kind(string kind) => kind switch
    {
        TitleKinds.Series => "Series",
        TitleKinds.Episode => "Episode",
        _ => "Film",
    };

    /// <summary>The facts under a name: number, year, age, length, kinds of story.</summary>
    public static IEnumerable<string> Facts(TitleCard card)
    {
        if (card.Kind == TitleKinds.Episode) yield return Episode(card);
        if (card.Year is { } year) yield return year.ToString(CultureInfo.InvariantCulture);
        yield return Maturity(card.Maturity);
        if (card.Kind == TitleKinds.Series) yield return "Series";
        if (card.DurationSeconds is { } seconds) yield return Duration(seconds);
        if (card.Genres.Count > 0) yield return Genres(card.Genres.Take(3));
    }
}

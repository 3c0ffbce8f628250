namespace Streaming.Catalog.Ingests;

/// <summary>Languages and labels of tracks, as menus and playlists need them.</summary>
internal static class TrackNames
{
    // ISO 639-2, both forms where there are two, with BCP 47's shortest code and the language's own name.
    private static readonly (string Iso, string Tag, string Name)[] _languages =
    [
        ("eng", "en", "English"), ("deu", "de", "Deutsch"), ("ger", "de", "Deutsch"), ("fra", "fr", "Français"), ("fre", "fr", "Français"),
        ("spa", "es", "Español"), ("ita", "it", "Italiano"), ("por", "pt", "Português"), ("nld", "nl", "Nederlands"), ("dut", "nl", "Nederlands"),
        ("swe", "sv", "Svenska"), ("nor", "no", "Norsk"), ("nob", "nb", "Norsk bokmål"), ("dan", "da", "Dansk"), ("fin", "fi", "Suomi"),
        ("isl", "is", "Íslenska"), ("ice", "is", "Íslenska"), ("pol", "pl", "Polski"), ("ces", "cs", "Čeština"), ("cze", "cs", "Čeština"),
        ("slk", "sk", "Slovenčina"), ("slo", "sk", "Slovenčina"), ("slv", "sl", "Slovenščina"), ("hrv", "hr", "Hrvatski"), ("srp", "sr", "Српски"),
        ("hun", "hu", "Magyar"), ("ron", "ro", "Română"), ("rum", "ro", "Română"), ("bul", "bg", "Български"), ("ell", "el", "Ελληνικά"),
        ("gre", "el", "Ελληνικά"), ("rus", "ru", "Русский"), ("ukr", "uk", "Українська"), ("tur", "tr", "Türkçe"), ("ara", "ar", "العربية"),
        ("heb", "he", "עברית"), ("fas", "fa", "فارسی"), ("per", "fa", "فارسی"), ("hin", "hi", "हिन्दी"), ("ben", "bn", "বাংলা"), ("tam", "ta", "தமிழ்"),
        ("jpn", "ja", "日本語"), ("kor", "ko", "한국어"), ("zho", "zh", "中文"), ("chi", "zh", "中文"), ("tha", "th", "ไทย"), ("vie", "vi", "Tiếng Việt"),
        ("ind", "id", "Bahasa Indonesia"), ("cat", "ca", "Català"), ("est", "et", "Eesti"), ("lav", "lv", "Latviešu"), ("lit", "lt", "Lietuvių"),
    ];

    /// <summary>BCP 47, or <c>und</c>.</summary>
    public static string Language(string? inFile)
    {
        var code = (inFile ?? "").Trim().Replace('_', '-').ToLowerInvariant();
        if (Array.Find(_languages, l => l.Iso == code) is { Tag: { } tag }) return tag;
        return code.Length is >= 2 and <= 35 && code.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? code : "und";
    }

    /// <summary>Unique, because playlists and menus tell tracks apart by them. What says nothing of itself is numbered: "Audio 1".</summary>
    public static IReadOnlyList<string> Labels(IReadOnlyList<(string? Language, string? Title)> tracks, string unnamed)
    {
        var labels = new List<string>();
        for (var i = 0; i < tracks.Count; i++)
        {
            var tag = Language(tracks[i].Language);
            var language = Array.Find(_languages, l => l.Tag == tag).Name ?? (tag == "und" ? null : tag);
            var title = Clean(tracks[i].Title);
            var label = (title, language) switch
            {
                (null, null) => $"{unnamed} {i + 1}",
                (null, _) => language,
                (_, null) => title,
                _ => title.Contains(language, StringComparison.OrdinalIgnoreCase) ? title : $"{language} ({title})",
            };
            var unique = label;
            for (var n = 2; labels.Contains(unique!); n++) unique = $"{label} {n}";
            labels.Add(unique!);
        }

        return labels;
    }

    // Quotes and line ends would end an attribute of a playlist.
    private static string? Clean(string? title)
    {
        var clean = new string([.. (title ?? "").Where(c => !char.IsControl(c) && c != '"')]).Trim();
        return clean.Length == 0 ? null : clean[..Math.Min(60, clean.Length)];
    }
}

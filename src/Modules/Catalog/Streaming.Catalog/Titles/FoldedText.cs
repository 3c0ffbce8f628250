using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Streaming.Catalog.Titles;

/// <summary>Text without case and accents, so that both databases sort and search it alike and "amelie" finds "Amélie".</summary>
internal static class FoldedText
{
    // By hand, because string.Normalize changes nothing without ICU, which the single file does without.
    private static readonly string[] Letters =
    [
        "aàáâãäåāăą", "cçćĉċč", "dďđð", "eèéêëēĕėęě", "gĝğġģ", "hĥħ", "iìíîïĩīĭįı", "jĵ", "kķ", "lĺļľł", "nñńņň", "oòóôõöøōŏő",
        "rŕŗř", "sśŝşšș", "tţťțŧ", "uùúûüũūŭůűų", "wŵ", "yýÿŷ", "zźżž",
    ];

    private static readonly FrozenDictionary<char, char> Plain = Letters
        .SelectMany(letter => letter.Skip(1).Select(accented => (Accented: accented, Plain: letter[0])))
        .ToFrozenDictionary(pair => pair.Accented, pair => pair.Plain);

    public static string Of(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in text.Trim().ToLowerInvariant())
            switch (letter)
            {
                case 'ß': folded.Append("ss"); break;
                case 'æ': folded.Append("ae"); break;
                case 'œ': folded.Append("oe"); break;
                default:
                    if (char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark) break;
                    folded.Append(Plain.GetValueOrDefault(letter, letter));
                    break;
            }

        return folded.ToString();
    }
}

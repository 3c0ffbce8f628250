using System.Globalization;
using System.Text;

namespace Streaming.Catalog.Titles;

/// <summary>Text without case and accents, so that both databases sort and search it alike and «amelie» finds «Amélie».</summary>
internal static class FoldedText
{
    public static string Of(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormD).EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                folded.Append(Rune.ToLowerInvariant(rune));
        return folded.ToString().Trim();
    }
}

using System.Globalization;
using System.Text;
using Streaming.Catalog.Ingests;
using Streaming.Kernel;

namespace Streaming.Catalog.Uploads;

/// <summary>What the header <c>Upload-Metadata</c> says: pairs of a name and base64, separated by commas.</summary>
internal static class UploadMetadata
{
    private const int LongestHeader = 8192;
    private const int LongestName = 200;

    public static Result<NewIngest> Parse(string? header)
    {
        if (header?.Length > LongestHeader) return Error.Invalid("metadata", $"Upload-Metadata may have up to {LongestHeader} characters.");

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (Decode(parts.ElementAtOrDefault(1) ?? "") is not { } value)
                return Error.Invalid("metadata", $"The value of {Clean(parts[0])} in Upload-Metadata is not base64 of UTF-8 text.");
            values[parts[0]] = value;
        }

        Guid? titleId = null;
        if (values.TryGetValue("titleId", out var text) && text.Length > 0)
        {
            if (!Guid.TryParse(text, out var id)) return Error.Invalid("titleId", "titleId is not the id of a title.");
            titleId = id;
        }

        var file = FileNameOf(values.GetValueOrDefault("filename") ?? values.GetValueOrDefault("name") ?? "");
        return new NewIngest(
            file, Clean(values.GetValueOrDefault("title") ?? "") is { Length: > 0 } title ? title : null, titleId,
            values.GetValueOrDefault("publish") is "true" or "1" or "yes");
    }

    /// <summary>The last part of a path of any system, without what could mislead a reader or a file system.</summary>
    public static string FileNameOf(string name)
    {
        var last = Clean(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]).Trim('.', ' ');
        return last.Length == 0 ? "upload" : last;
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            // Format characters turn "gpj.exe" around or hide; lone surrogates cannot be stored.
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator || rune == Rune.ReplacementChar) continue;
            if (clean.Length + rune.Utf16SequenceLength > LongestName) break;
            clean.Append(rune);
        }

        return clean.ToString().Trim();
    }

    private static string? Decode(string base64)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(base64));
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            return null;
        }
    }
}

using System.Text.Json;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial.Shadowing;

/// <summary>Where two answers differ.</summary>
/// <param name="Path">Of the member, with an empty index for any place of a list: <c>$.value.items[].name</c>.</param>
/// <param name="Here">As this process has it; absent where it has nothing there.</param>
/// <param name="There">As the other one has it.</param>
public sealed record AnswerDifference(string Path, string? Here, string? There);

/// <summary>Compares answers as they are on the wire, member by member.</summary>
internal static class AnswerComparison
{
    private const int Most = 20;
    private const int Longest = 80;

    /// <summary>The first differences, each path once.</summary>
    public static IReadOnlyList<AnswerDifference> Of<T>(T here, T there)
    {
        var (one, other) = (JsonSerializer.SerializeToElement(here, ContractJson.Options), JsonSerializer.SerializeToElement(there, ContractJson.Options));
        var found = new Dictionary<string, AnswerDifference>(StringComparer.Ordinal);
        Compare("$", one, other, found);
        return [.. found.Values];
    }

    private static void Compare(string path, JsonElement? here, JsonElement? there, Dictionary<string, AnswerDifference> found)
    {
        if (found.Count >= Most) return;
        switch (here, there)
        {
            case ({ ValueKind: JsonValueKind.Object } one, { ValueKind: JsonValueKind.Object } other):
                foreach (var name in one.EnumerateObject().Select(p => p.Name).Union(other.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal))
                    Compare($"{path}.{name}", Member(one, name), Member(other, name), found);
                return;
            case ({ ValueKind: JsonValueKind.Array } one, { ValueKind: JsonValueKind.Array } other):
                var (shorter, longer) = (Math.Min(one.GetArrayLength(), other.GetArrayLength()), Math.Max(one.GetArrayLength(), other.GetArrayLength()));
                for (var i = 0; i < shorter; i++) Compare($"{path}[]", one[i], other[i], found);
                if (longer > shorter) found.TryAdd($"{path}[]", new AnswerDifference($"{path}[]", $"{one.GetArrayLength()} of them", $"{other.GetArrayLength()} of them"));
                return;
            default:
                if (Text(here) is var mine && Text(there) is var theirs && mine != theirs) found.TryAdd(path, new AnswerDifference(path, Short(mine), Short(theirs)));
                return;
        }
    }

    private static JsonElement? Member(JsonElement of, string name) => of.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? element) => element?.GetRawText();

    private static string? Short(string? text) => text is { Length: > Longest } ? text[..Longest] + "…" : text;
}

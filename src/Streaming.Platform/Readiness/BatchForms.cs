using System.Globalization;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Readiness;

/// <summary>How what is asked one by one could be asked at once.</summary>
internal static class BatchForms
{
    private const string Request = "request.";

    /// <summary>A contract of the same module that takes a list of what this one takes, if there is one; else what one would look like.</summary>
    /// <param name="contract">The one that is asked too often.</param>
    /// <param name="contracts">The shapes of those of its module, by name.</param>
    public static string For(string contract, IReadOnlyDictionary<string, ContractShape> contracts)
    {
        if (!contracts.TryGetValue(contract, out var shape)) return "Ask for all of them at once.";
        var single = shape.Members.Where(m => m.Key.StartsWith(Request, StringComparison.Ordinal) && !m.Key[Request.Length..].AsSpan().ContainsAny('.', '[', '{') && m.Value is not "list" and not "object" && m.Key != "request.commandId")
            .Select(m => (Name: m.Key[Request.Length..], Type: m.Value.TrimEnd('?'))).ToArray();
        if (shape.Members.Any(m => m.Key.StartsWith(Request, StringComparison.Ordinal) && m.Value.StartsWith("list", StringComparison.Ordinal)))
            return $"{contract} takes a list: ask for all of them in one call, or keep the answer for the rest of the request.";
        if (single is not [var (name, type), ..]) return $"{contract} takes nothing by which calls differ: keep its answer for the rest of the request.";
        foreach (var (other, theirs) in contracts)
            if (other != contract && theirs.Members.Any(m => m.Key.StartsWith(Request, StringComparison.Ordinal) && m.Key.EndsWith("[]", StringComparison.Ordinal) && m.Value == type))
                return $"{other} takes a list of {type}: ask it once if its answer has what is needed, or add a list form of {contract}.";
        return string.Create(CultureInfo.InvariantCulture, $"Add a list form: {contract}s with {name}s: list of {type}, answering by {name}.");
    }
}

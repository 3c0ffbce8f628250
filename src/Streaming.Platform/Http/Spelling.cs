using Streaming.Kernel;

namespace Streaming.Platform.Http;

/// <summary>
/// Finds members that a person has misspelled. Members that nobody could have meant are ignored, so that clients may send more than
/// this version knows.
/// </summary>
/// <param name="members">The members that there are.</param>
/// <param name="otherWords">Words by which people call a member, with the member.</param>
public sealed class Spelling(IReadOnlyList<string> members, IReadOnlyDictionary<string, string>? otherWords = null)
{
    private readonly (string Word, string Member)[] _words =
        [.. members.Select(m => (m, m)), .. (otherWords ?? new Dictionary<string, string>()).Select(w => (w.Key, w.Value))];

    /// <summary>An error that names the nearest member for each misspelling; null where there is none.</summary>
    /// <param name="unknown">The members found that are not known; among them, those in <paramref name="readOnly"/> are fine.</param>
    /// <param name="readOnly">Members of the answer, which clients send back.</param>
    public Error? Mistakes(IEnumerable<string>? unknown, IReadOnlyCollection<string> readOnly)
    {
        var fields = (unknown ?? [])
            .Where(name => !readOnly.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => (Name: name, Meant: Nearest(name)))
            .Where(found => found.Meant is not null)
            .DistinctBy(found => found.Name)
            .ToDictionary(found => found.Name, found => new[] { $"There is no member '{found.Name}'. Did you mean '{found.Meant}'?" });
        return fields.Count == 0 ? null : Error.Invalid(fields);
    }

    private string? Nearest(string name) => _words
        .Select(word => (word.Member, Distance: Distance(name.ToLowerInvariant(), word.Word.ToLowerInvariant()), word.Word.Length))
        .Where(word => word.Distance <= Math.Max(1, Math.Min(word.Length, name.Length) / 3))
        .OrderBy(word => word.Distance)
        .Select(word => word.Member)
        .FirstOrDefault();

    // Optimal string alignment: insertions, deletions, substitutions, and neighbours swapped, each counted as one.
    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 3) return int.MaxValue;
        var cost = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= other.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
            for (var j = 1; j <= other.Length; j++)
            {
                var step = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) step = Math.Min(step, cost[i - 2, j - 2] + 1);
                cost[i, j] = step;
            }

        return cost[one.Length, other.Length];
    }
}

namespace Streaming.ArchitectureTests;

internal static class Graph
{
    /// <summary>Every cycle that a depth-first walk meets, written as <c>A -> B -> A</c>; empty for a graph without.</summary>
    public static IReadOnlyList<string> Cycles(IEnumerable<(string From, string To)> edges)
    {
        var next = edges.Where(e => e.From != e.To).Distinct().ToLookup(e => e.From, e => e.To);
        var done = new HashSet<string>();
        var path = new List<string>();
        var cycles = new List<string>();
        foreach (var start in next.Select(g => g.Key).Order(StringComparer.Ordinal)) Visit(start);
        return cycles;

        void Visit(string node)
        {
            if (path.IndexOf(node) is var at and >= 0)
            {
                cycles.Add(string.Join(" -> ", path.Skip(at).Append(node)));
                return;
            }

            if (!done.Add(node)) return;
            path.Add(node);
            foreach (var target in next[node].Order(StringComparer.Ordinal)) Visit(target);
            path.RemoveAt(path.Count - 1);
        }
    }
}

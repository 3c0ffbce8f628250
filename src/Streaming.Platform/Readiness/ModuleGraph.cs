namespace Streaming.Platform.Readiness;

/// <summary>Who asks and tells whom.</summary>
/// <param name="Modules">The modules, and <c>outside</c> for pages and the host's own routes.</param>
/// <param name="Lines">From whom to whom.</param>
/// <param name="Loops">Where that comes back to where it began.</param>
public sealed record ModuleGraph(IReadOnlyList<string> Modules, IReadOnlyList<GraphLine> Lines, IReadOnlyList<GraphLoop> Loops);

/// <summary>One asks, or tells, another.</summary>
/// <param name="From">Who.</param>
/// <param name="To">Whom.</param>
/// <param name="Kind"><c>call</c>, or <c>event</c>: told afterwards, through the outbox.</param>
/// <param name="Calls">How many were recorded.</param>
/// <param name="PerRequest">How many there are in the middle in a request in which there are any; null where none was seen.</param>
/// <param name="PerRequestP99">And in 99 of 100 at most.</param>
/// <param name="IsInCode">Whether the code says so.</param>
/// <param name="Repeats">The most that 99 of 100 requests call one contract from one place, where that is three times or more; else 0.</param>
/// <param name="IsInLoop">Whether it is a part of a loop.</param>
public sealed record GraphLine(string From, string To, string Kind, long Calls, double? PerRequest, double? PerRequestP99, bool IsInCode, int Repeats, bool IsInLoop);

/// <summary>Modules that need each other.</summary>
/// <param name="Modules">Which.</param>
/// <param name="Way">Such as <c>a → b → a</c>.</param>
/// <param name="Kind"><c>request</c>: within one request, as it was recorded; <c>code</c>: each calls the other, though perhaps never in one request.</param>
/// <param name="Times">In how many recorded calls; 0 where it is only in the code.</param>
public sealed record GraphLoop(IReadOnlyList<string> Modules, string Way, string Kind, long Times);

/// <summary>Finds who needs each other.</summary>
internal static class Loops
{
    /// <summary>The shortest way round through each module that has one, each set of modules once.</summary>
    public static IReadOnlyList<GraphLoop> Of(IReadOnlyList<string> modules, ILookup<string, string> calls)
    {
        var found = new Dictionary<string, GraphLoop>(StringComparer.Ordinal);
        foreach (var module in modules)
            if (ShortestBack(module, calls) is { } way)
                found.TryAdd(string.Join('|', way.Order(StringComparer.Ordinal)), new GraphLoop(way, string.Join(" → ", way.Append(module)), "code", 0));
        return [.. found.Values];
    }

    private static List<string>? ShortestBack(string start, ILookup<string, string> calls)
    {
        var from = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = new Queue<string>([start]);
        while (next.TryDequeue(out var at))
            foreach (var to in calls[at])
            {
                if (to == start)
                {
                    var way = new List<string> { at };
                    while (way[^1] != start) way.Add(from[way[^1]]);
                    way.Reverse();
                    return way;
                }

                if (from.TryAdd(to, at)) next.Enqueue(to);
            }

        return null;
    }
}

using Streaming.Platform.Observing;

namespace Streaming.Platform.Readiness;

/// <summary>What is known of the requests of one route.</summary>
internal sealed class RouteTally(TracedRoute route)
{
    private readonly Dictionary<string, MoveTally> _moves = new(StringComparer.Ordinal);

    public TracedRoute Route { get; } = route;

    public long Recorded { get; set; }

    public LatencyHistogram Took { get; } = new();

    /// <summary>In milliseconds; 0 while no contract was called.</summary>
    public int SlowMs { get; set; }

    /// <summary>How long a request may take, in milliseconds; null where nobody says.</summary>
    public double? AllowedMs { get; set; }

    /// <summary>By module: what its requests would have to do with a process of its own.</summary>
    public IReadOnlyDictionary<string, MoveTally> Moves => _moves;

    public MoveTally MoveOf(string module)
    {
        if (!_moves.TryGetValue(module, out var move)) _moves[module] = move = new MoveTally();
        return move;
    }
}

/// <summary>The requests of one route that would have to do with one module's own process.</summary>
internal sealed class MoveTally
{
    public ValueWindow Calls { get; } = new();

    public ValueWindow Critical { get; } = new();

    public ValueWindow CodecUs { get; } = new();
}

/// <summary>Calls of one contract by one caller: a contract, or a route.</summary>
internal sealed class PairTally(string callerModule, string module)
{
    public string CallerModule { get; } = callerModule;

    public string Module { get; } = module;

    /// <summary>How often in one request in which it is called at all.</summary>
    public ValueWindow PerRequest { get; } = new();

    /// <summary>Requests in which it is called three times or more.</summary>
    public long Repeated { get; set; }

    public long Calls { get; set; }

    /// <summary>Of them, those that began while another of the same caller was under way.</summary>
    public long Together { get; set; }

    public long InTransaction { get; set; }

    public long Elsewhere { get; set; }

    public LatencyHistogram Took { get; } = new();
}

/// <summary>What the requests and answers of a contract are as bytes.</summary>
internal sealed class PayloadTally
{
    public ValueWindow RequestBytes { get; } = new();

    public ValueWindow AnswerBytes { get; } = new();

    /// <summary>To bytes and back, both of them, in microseconds.</summary>
    public ValueWindow CodecUs { get; } = new();

    /// <summary>Why one did not survive; null while all have.</summary>
    public string? Lost { get; set; }
}

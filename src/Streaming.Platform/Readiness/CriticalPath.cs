namespace Streaming.Platform.Readiness;

/// <summary>Calls of which each can only begin when the one before has ended.</summary>
/// <param name="Calls">How many of them go from one process to another.</param>
/// <param name="CodecUs">What becoming bytes and back takes them, in microseconds.</param>
internal readonly record struct Chain(int Calls, double CodecUs)
{
    public static Chain operator +(Chain one, Chain other) => new(one.Calls + other.Calls, one.CodecUs + other.CodecUs);
}

/// <summary>
/// What would make a request longer if one module ran elsewhere: of calls that are made at the same time only the costliest counts. Of
/// all chains of calls that do not overlap, the heaviest (weighted interval scheduling; Kleinberg and Tardos, Algorithm Design, 6.1).
/// </summary>
internal sealed class CriticalPath
{
    private readonly ILookup<TracedCall, TracedCall> _within;
    private readonly TracedCall _root;

    public CriticalPath(CallTrace trace)
    {
        _root = trace.Root;
        _within = trace.Calls.ToLookup(c => c.Parent!);
    }

    /// <summary>Were the module in a process of its own.</summary>
    /// <param name="module">Which.</param>
    /// <param name="roundTripUs">What a call between two processes takes, in microseconds.</param>
    /// <param name="codecUs">What becoming bytes and back takes a call of the contract, in microseconds.</param>
    public Chain Without(string module, double roundTripUs, Func<string, double> codecUs)
    {
        return Of(_root);

        Chain Of(TracedCall call) => Heaviest([.. _within[call]], inner => Own(inner) + Of(inner), chain => (chain.Calls * roundTripUs) + chain.CodecUs);

        Chain Own(TracedCall call) => Crosses(call, module) ? new Chain(1, codecUs(call.Name)) : default;
    }

    /// <summary>What the contracts that the request itself calls say of themselves is not slow yet, one after another, in milliseconds.</summary>
    public int SlowMs() => Heaviest([.. _within[_root]], call => new Chain(call.Descriptor!.Contract!.SlowMs, 0), chain => chain.Calls).Calls;

    /// <summary>Whether a call goes from one process to another where the module has one of its own.</summary>
    public static bool Crosses(TracedCall call, string module) => call.Module == module != (call.Parent!.Module == module);

    private static Chain Heaviest(TracedCall[] calls, Func<TracedCall, Chain> cost, Func<Chain, double> weight)
    {
        if (calls.Length == 0) return default;
        Array.Sort(calls, static (one, other) => one.Ended.CompareTo(other.Ended));
        var best = new Chain[calls.Length + 1];
        for (var i = 0; i < calls.Length; i++)
        {
            // The last that had ended when this one began.
            var (low, high) = (0, i);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (calls[middle].Ended <= calls[i].Began) low = middle + 1;
                else high = middle;
            }

            var taken = best[low] + cost(calls[i]);
            best[i + 1] = weight(taken) > weight(best[i]) ? taken : best[i];
        }

        return best[^1];
    }
}

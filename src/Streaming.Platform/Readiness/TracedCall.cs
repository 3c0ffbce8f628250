using Streaming.Platform.Dial;

namespace Streaming.Platform.Readiness;

/// <summary>A call to a contract within a request that is recorded; or as the root of all of them the request itself.</summary>
internal sealed class TracedCall(CallTrace trace, TracedCall? parent, IRequestDescriptor? descriptor)
{
    public CallTrace Trace { get; } = trace;

    /// <summary>Within which call it was made; null for the request itself.</summary>
    public TracedCall? Parent { get; } = parent;

    /// <summary>What was called; null for the request itself.</summary>
    public IRequestDescriptor? Descriptor { get; } = descriptor;

    /// <summary>A contract's name, or a route.</summary>
    public string Name => Descriptor?.Name ?? Trace.Route.Name;

    /// <summary>Whose it is: of a route, the module that has mapped it, or <see cref="TracedRoute.Outside"/>.</summary>
    public string Module => Descriptor?.Module ?? Trace.Route.Module;

    /// <summary>Timestamps of the clock.</summary>
    public long Began { get; init; }

    public long Ended { get; private set; }

    /// <summary>Whether another process was asked.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>Whether its caller had a transaction open meanwhile.</summary>
    public bool IsInTransaction { get; init; }

    /// <summary>Kept for a while of some, to see how they look on the wire.</summary>
    public object? Request { get; private set; }

    public object? Answer { get; private set; }

    /// <summary>One that is made within this one; null where the trace is full or over.</summary>
    public TracedCall? Begin(IRequestDescriptor descriptor, CallContext context) => Trace.Begin(this, descriptor, context.HoldsTransaction);

    public void End(object request, object answer, bool isElsewhere)
    {
        // The request may be over: whoever made this call did not wait for it.
        if (Ended != 0) return;
        (Ended, IsElsewhere) = (Trace.Now, isElsewhere);
        if (Trace.WantsPayload(Descriptor!)) (Request, Answer) = (request, answer);
    }

    /// <summary>Who waited no longer did not see its end; nor did whoever threw.</summary>
    internal void EndAt(long timestamp)
    {
        if (Ended == 0) Ended = timestamp;
    }
}

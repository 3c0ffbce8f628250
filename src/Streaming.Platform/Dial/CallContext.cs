using Streaming.Kernel;
using Streaming.Platform.Consistency;
using Streaming.Platform.Readiness;
using Streaming.Platform.Telemetry;

namespace Streaming.Platform.Dial;

/// <summary>
/// What travels with a call: on whose behalf, and until when. One instance a DI scope; a callee gets a scope and a copy of its own.
/// </summary>
public sealed class CallContext
{
    /// <summary>On whose behalf. Anonymous until somebody says otherwise.</summary>
    public Caller Caller { get; set; } = Caller.Anonymous;

    /// <summary>
    /// When the whole chain of calls must have ended, as a timestamp of <see cref="TimeProvider.GetTimestamp"/>; null for no bound
    /// beyond each contract's own.
    /// </summary>
    public long? Deadline { get; set; }

    /// <summary>
    /// By whom a canary's share is decided, where that is not the account: a stranger's address. It is the same for all calls of a request.
    /// </summary>
    public UInt128? Sticky { get; set; }

    internal ServerTiming? Timing { get; set; }

    /// <summary>What the session has written and read; shared by all calls of a request. Null where nobody asked or one server has all.</summary>
    internal DataSession? Session { get; set; }

    /// <summary>The call in whose carrying out this scope stands, where its request is recorded.</summary>
    internal TracedCall? Call { get; set; }

    /// <summary>Whether the scope's handler has a transaction open.</summary>
    internal bool HoldsTransaction { get; set; }

    internal void CopyFrom(CallContext other, long? deadline)
    {
        Caller = other.Caller;
        Session = other.Session;
        Sticky = other.Sticky;
        Deadline = deadline;
    }
}

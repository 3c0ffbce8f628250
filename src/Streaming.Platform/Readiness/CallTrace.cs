using Streaming.Platform.Dial;

namespace Streaming.Platform.Readiness;

/// <summary>One request from outside, and every call to a contract that it has led to in this process.</summary>
internal sealed class CallTrace
{
    /// <summary>More are not kept of one request: whoever makes that many has been found out by then.</summary>
    public const int MostCalls = 512;

    private readonly CallRecorder _recorder;
    private readonly Lock _gate = new();
    private readonly List<TracedCall> _calls = [];
    private bool _isOver;

    public CallTrace(CallRecorder recorder, TracedRoute route, long? deadline)
    {
        (_recorder, Route) = (recorder, route);
        Root = new TracedCall(this, null, null) { Began = Now };
        Allowed = deadline - Root.Began;
    }

    public TracedRoute Route { get; }

    /// <summary>The request itself.</summary>
    public TracedCall Root { get; }

    /// <summary>How long it may take, in ticks of the clock; null where nobody says.</summary>
    public long? Allowed { get; }

    /// <summary>In the order in which they began. Only once it is over.</summary>
    public IReadOnlyList<TracedCall> Calls => _calls;

    /// <summary>Whether there were more than are kept.</summary>
    public bool IsCut { get; private set; }

    internal long Now => _recorder.Clock.GetTimestamp();

    internal TracedCall? Begin(TracedCall parent, IRequestDescriptor descriptor, bool isInTransaction)
    {
        var call = new TracedCall(this, parent, descriptor) { Began = Now, IsInTransaction = isInTransaction };
        lock (_gate)
        {
            if (_isOver) return null;
            if (_calls.Count == MostCalls)
            {
                IsCut = true;
                return null;
            }

            _calls.Add(call);
        }

        _recorder.Sites.Look(parent.Name, descriptor.Name);
        return call;
    }

    internal bool WantsPayload(IRequestDescriptor descriptor) => _recorder.WantsPayload(descriptor.Name);

    /// <summary>The answer has been given: what is called from now on, nobody waits for.</summary>
    internal void End()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _isOver = true;
        }

        Root.EndAt(Now);
        foreach (var call in _calls) call.EndAt(Root.Ended);
        _recorder.Offer(this);
    }
}

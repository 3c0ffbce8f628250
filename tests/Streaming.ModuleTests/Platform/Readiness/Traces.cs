using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Readiness;

namespace Streaming.ModuleTests.Platform.Readiness;

/// <summary>Requests that are recorded as a test says, on a clock that it moves.</summary>
internal sealed class Traces
{
    public static readonly IRequestDescriptor Shelf = new RequestDescriptor<AskShelf>("shelves", isCommand: false);
    public static readonly IRequestDescriptor Book = new RequestDescriptor<AskBook>("books", isCommand: false);
    public static readonly IRequestDescriptor Price = new RequestDescriptor<AskPrice>("prices", isCommand: false);

    public Traces()
    {
        RoundTrips = new RoundTrips(null!, null!, Clock);
        Tally = new TraceTally(RoundTrips, Clock);
        Recorder = new CallRecorder(Tally, ProcessRole.Host, Clock, NullLogger<CallRecorder>.Instance);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));

    public RoundTrips RoundTrips { get; }

    public TraceTally Tally { get; }

    public CallRecorder Recorder { get; }

    public TracedRoute Page { get; } = new("GET /", TracedRoute.Outside, IsMovable: false);

    /// <summary>A request from beginning to end, taken in.</summary>
    public CallTrace Request(Action<TracedCall> act, TracedRoute? route = null)
    {
        var trace = Recorder.Begin(route ?? Page, new CallContext())!;
        act(trace.Root);
        trace.End();
        Recorder.TakeIn();
        return trace;
    }

    /// <summary>A call that takes so long, without what is done within it.</summary>
    public void Call(TracedCall within, IRequestDescriptor what, int milliseconds = 1, Action<TracedCall>? inner = null)
    {
        var call = Begin(within, what);
        inner?.Invoke(call);
        Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        End(call);
    }

    /// <summary>Calls that all take the same time, at the same time.</summary>
    public void Together(TracedCall within, params IRequestDescriptor[] what)
    {
        TracedCall[] calls = [.. what.Select(w => Begin(within, w))];
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        foreach (var call in calls) End(call);
    }

    public static TracedCall Begin(TracedCall within, IRequestDescriptor what, bool isInTransaction = false) =>
        within.Begin(what, new CallContext { HoldsTransaction = isInTransaction }) ?? throw new InvalidOperationException("The trace is full or over.");

    public static void End(TracedCall call) => call.End(new AskBook(Guid.Empty), (Result<string>)"answer", isElsewhere: false);

    [Contract("shelves.shelf", version: 1, SlowMs = 40)]
    internal sealed record AskShelf : IQuery<string>;

    [Contract("books.book", version: 1, SlowMs = 20)]
    internal sealed record AskBook(Guid Id) : IQuery<string>;

    [Contract("prices.price", version: 1, SlowMs = 5)]
    internal sealed record AskPrice(Guid Id) : IQuery<string>;

    [Contract("books.books", version: 1)]
    internal sealed record AskBooks(IReadOnlyList<Guid> Ids) : IQuery<string>;
}

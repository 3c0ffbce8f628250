using System.Diagnostics;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Readiness;

namespace Streaming.ModuleTests.Platform.Readiness;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TraceTallyTests
{
    private readonly Traces _traces = new();

    [Test]
    public void A_list_asked_one_by_one_is_found_with_the_place_in_the_code()
    {
        for (var i = 0; i < 5; i++) _traces.Request(root => _traces.Call(root, Traces.Shelf, 1, AskOneByOne));

        var pair = Pair("shelves.shelf", "books.book");
        Assert.Multiple(() =>
        {
            Assert.That(pair.PerRequest.Percentile(99), Is.EqualTo(12));
            Assert.That((pair.Calls, pair.Repeated, pair.Together), Is.EqualTo((60, 5, 0)));
            Assert.That(_traces.Recorder.Sites.Of("shelves.shelf", "books.book"), Has.One.Match(@"Traces\.Begin \(Traces\.cs:\d+\)"));
        });
    }

    [Test]
    public void What_is_asked_at_the_same_time_is_told_from_what_is_asked_in_turn()
    {
        _traces.Request(root => _traces.Together(root, Traces.Book, Traces.Book, Traces.Book, Traces.Book));
        Assert.That(Pair("GET /", "books.book").Together, Is.EqualTo(3));
    }

    [Test]
    public void A_call_that_comes_back_to_where_it_began_is_a_loop()
    {
        _traces.Request(root => _traces.Call(root, Traces.Shelf, 1, shelf => _traces.Call(shelf, Traces.Book, 1, book => _traces.Call(book, Traces.Shelf))));
        _traces.Request(root => _traces.Call(root, Traces.Book, 1, book => _traces.Call(book, Traces.Book)));
        Assert.That(_traces.Tally.Read(seen => seen.Loops.ToDictionary()), Is.EqualTo(new Dictionary<string, long> { ["shelves → books → shelves"] = 1 }), "what a module asks itself is none");
    }

    [Test]
    public void A_call_within_an_open_transaction_is_told()
    {
        _traces.Request(root => Traces.End(Traces.Begin(root, Traces.Price, isInTransaction: true)));
        Assert.That(Pair("GET /", "prices.price").InTransaction, Is.EqualTo(1));
    }

    [Test]
    public void Of_one_request_so_many_calls_are_kept_and_none_after_its_end()
    {
        TracedCall? kept = null;
        var trace = _traces.Request(root =>
        {
            kept = root;
            for (var i = 0; i < CallTrace.MostCalls; i++) _traces.Call(root, Traces.Book, 0);
            Assert.That(root.Begin(Traces.Book, new CallContext()), Is.Null);
        });
        Assert.Multiple(() =>
        {
            Assert.That((trace.Calls.Count, trace.IsCut), Is.EqualTo((CallTrace.MostCalls, true)));
            Assert.That(kept!.Begin(Traces.Book, new CallContext()), Is.Null);
        });
    }

    [Test]
    public void What_does_not_fit_is_dropped_and_nobody_waits()
    {
        for (var i = 0; i < 300; i++) new CallTrace(_traces.Recorder, _traces.Page, null).End();
        _traces.Recorder.TakeIn();
        Assert.That((_traces.Recorder.Dropped, _traces.Tally.Recorded), Is.EqualTo((44, 256)));
    }

    [Test]
    public void What_does_not_survive_the_wire_is_found()
    {
        var probe = new PayloadProbe(_traces.Clock);
        var id = Guid.CreateVersion7();
        Assert.Multiple(() =>
        {
            Assert.That(probe.Look(new Traces.AskBook(id), (Result<string>)"answer"), Is.EqualTo(new Payload(45, 18, 0, null)));
            Assert.That(probe.Look(new Traces.AskBook(id), (Result<Sample.Lossy>)new Sample.Lossy(21)).Lost, Is.Not.Null);
        });
    }

    [Test]
    public void A_call_site_is_the_method_that_was_written() =>
        Assert.That(new[] { (Func<string?>)(() => CallSites.Here(new StackTrace(0, true))) }[0](), Does.Match($@"^{nameof(TraceTallyTests)}\.{nameof(A_call_site_is_the_method_that_was_written)} \(TraceTallyTests\.cs:\d+\)$"));

    private void AskOneByOne(TracedCall shelf)
    {
        for (var i = 0; i < 12; i++) _traces.Call(shelf, Traces.Book);
    }

    private PairTally Pair(string caller, string contract) => _traces.Tally.Read(seen => seen.Pairs[(caller, contract)]);
}

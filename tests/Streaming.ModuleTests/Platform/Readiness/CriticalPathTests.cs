using Streaming.Platform.Readiness;

namespace Streaming.ModuleTests.Platform.Readiness;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CriticalPathTests
{
    private readonly Traces _traces = new();

    [Test]
    public void Calls_one_after_another_all_count() =>
        Assert.That(Without("books", root =>
        {
            for (var i = 0; i < 4; i++) _traces.Call(root, Traces.Book);
        }), Is.EqualTo(new Chain(4, 40)));

    [Test]
    public void Calls_at_the_same_time_count_once() =>
        Assert.That(Without("books", root => _traces.Together(root, Traces.Book, Traces.Book, Traces.Book)), Is.EqualTo(new Chain(1, 10)));

    [Test]
    public void Of_two_branches_the_one_with_more_calls_counts() =>
        Assert.That(Without("books", root =>
        {
            var (one, other) = (Traces.Begin(root, Traces.Shelf), Traces.Begin(root, Traces.Shelf));
            _traces.Call(one, Traces.Book);
            _traces.Call(other, Traces.Book);
            _traces.Call(other, Traces.Book);
            Traces.End(one);
            Traces.End(other);
            _traces.Call(root, Traces.Book);
        }).Calls, Is.EqualTo(3));

    [Test]
    public void A_module_that_moves_with_its_caller_is_no_call_between_processes()
    {
        void Act(TracedCall root) => _traces.Call(root, Traces.Shelf, 1, shelf => _traces.Call(shelf, Traces.Book, 1, book => _traces.Call(book, Traces.Book)));
        Assert.Multiple(() =>
        {
            Assert.That(Without("books", Act).Calls, Is.EqualTo(1), "the second is its own");
            Assert.That(Without("shelves", Act).Calls, Is.EqualTo(2), "there, and from there back for a book");
            Assert.That(Without("prices", Act).Calls, Is.Zero);
        });
    }

    [Test]
    public void The_budget_is_what_the_contracts_in_a_row_call_slow()
    {
        var trace = _traces.Request(root =>
        {
            _traces.Together(root, Traces.Shelf, Traces.Price);
            _traces.Call(root, Traces.Book, 1, book => _traces.Call(book, Traces.Price));
        });
        Assert.That(new CriticalPath(trace).SlowMs(), Is.EqualTo(40 + 20));
    }

    private Chain Without(string module, Action<TracedCall> act) => new CriticalPath(_traces.Request(act)).Without(module, roundTripUs: 500, _ => 10);
}

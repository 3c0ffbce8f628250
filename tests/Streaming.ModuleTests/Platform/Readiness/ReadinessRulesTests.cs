using Snapshooter.NUnit;
using Streaming.Platform.Readiness;
using Streaming.Platform.Wire;

namespace Streaming.ModuleTests.Platform.Readiness;

public sealed class ReadinessRulesTests
{
    [Test]
    public void Where_nothing_speaks_against_it_a_module_is_ready() => Assert.That(ReadinessRules.Judge(Report).Verdict, Is.EqualTo("ready"));

    [Test]
    public void Under_a_hundred_calls_or_without_a_way_nothing_is_said() => Assert.Multiple(() =>
    {
        Assert.That(ReadinessRules.Judge(Report with { Seen = new ReadinessSeen(null, 9, 99, 0) }).Verdict, Is.EqualTo("not-enough-seen"));
        Assert.That(ReadinessRules.Judge(Report with { RoundTrips = [] }).Verdict, Is.EqualTo("not-enough-seen"));
    });

    [TestCase(2, "ready")]
    [TestCase(3, "amber")]
    [TestCase(10, "amber")]
    [TestCase(11, "blocked")]
    public void So_often_may_one_contract_be_called_in_a_request(int calls, string verdict)
    {
        var judged = ReadinessRules.Judge(Report with { Calls = [Report.Calls[0] with { P99 = calls, Sites = ["Shelf.Fill (Shelf.cs:12)"], Batch = "Ask once." }] });
        Assert.That(judged.Verdict, Is.EqualTo(verdict));
        if (calls >= 3) Assert.That(judged.Findings[0], Is.EqualTo(new ReadinessFinding(calls > 10 ? "blocker" : "amber", "repeated-calls", $"shelves.shelf calls books.book {calls} times in a request, at Shelf.Fill (Shelf.cs:12).", "Ask once.")));
    }

    [TestCase(10, "ready")]
    [TestCase(10.5, "amber")]
    public void More_than_a_tenth_of_a_budget_is_to_be_known(double percent, string verdict) =>
        Assert.That(ReadinessRules.Judge(Report with { Routes = [Report.Routes[0] with { OfBudget = percent }] }).Verdict, Is.EqualTo(verdict));

    [TestCase("shared-transaction")]
    [TestCase("cycle")]
    [TestCase("not-repeatable")]
    [TestCase("not-json")]
    [TestCase("changed-contract")]
    public void These_stand_in_the_way(string key)
    {
        var contract = Report.Canvas.Contracts[0];
        var judged = ReadinessRules.Judge(key switch
        {
            "shared-transaction" => Report with { Rows = Report.Rows with { SharedWith = ["shelves"] } },
            "cycle" => Report with { Graph = Report.Graph with { Loops = [new GraphLoop(["books", "shelves"], "books → shelves → books", "code", 0)] } },
            "not-repeatable" => Report with { Canvas = Report.Canvas with { Contracts = [contract with { Kind = "other" }] } },
            "not-json" => Report with { Contracts = [Report.Contracts[0] with { Lost = "its answer is another after it has been bytes" }] },
            _ => Report with { Unfit = new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> { ["books-1"] = new Dictionary<string, IReadOnlyList<string>> { ["books.book"] = ["version 1 is asked for and version 2 is there"] } } },
        });
        Assert.That((judged.Verdict, judged.Findings[0].Level, judged.Findings[0].Key), Is.EqualTo(("blocked", "blocker", key)));
    }

    [Test]
    public void Modules_that_need_each_other_are_found_by_the_shortest_way_round()
    {
        (string From, string To)[] calls = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "b")];
        var loops = Loops.Of(["a", "b", "c", "d", "e"], calls.ToLookup(c => c.From, c => c.To));
        Assert.That(loops.Select(l => (l.Way, l.Kind)), Is.EqualTo(new[] { ("a → b → c → a", "code") }));
    }

    [Test]
    public void A_list_form_that_is_there_is_named_and_one_that_is_not_is_sketched()
    {
        var (book, books, shelf) = (ContractShape.Of(typeof(Traces.AskBook)), ContractShape.Of(typeof(Traces.AskBooks)), ContractShape.Of(typeof(Traces.AskShelf)));
        Assert.Multiple(() =>
        {
            Assert.That(BatchForms.For("books.book", new Dictionary<string, ContractShape> { ["books.book"] = book, ["books.books"] = books }), Does.StartWith("books.books takes a list of guid"));
            Assert.That(BatchForms.For("books.book", new Dictionary<string, ContractShape> { ["books.book"] = book }), Is.EqualTo("Add a list form: books.books with ids: list of guid, answering by id."));
            Assert.That(BatchForms.For("books.books", new Dictionary<string, ContractShape> { ["books.books"] = books }), Does.StartWith("books.books takes a list:"));
            Assert.That(BatchForms.For("shelves.shelf", new Dictionary<string, ContractShape> { ["shelves.shelf"] = shelf }), Does.Contain("keep its answer"));
        });
    }

    [Test]
    public void The_report_is_read_by_people() => Snapshot.Match(
        ReadinessMarkdown.Of(ReadinessRules.Judge(Report with { Calls = [Report.Calls[0] with { P99 = 12, Max = 14, Sites = ["Shelf.Fill (Shelf.cs:12)"], Batch = "Ask once." }] })));

    private static ReadinessReport Report { get; } = new(
        "books", "", "", new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero), new ReadinessSeen(new DateTimeOffset(2026, 1, 5, 11, 0, 0, TimeSpan.Zero), 120, 240, 0), [],
        new ModuleCanvas(true, [new ContractFacts("books.book", 1, "query", 500, 20, "0123456789ab", null, ["outside", "shelves"])], [new EventFacts("BookPrinted", ["shelves:NoteBook"])], [], [], []),
        [new CallPair("shelves.shelf", "shelves", "books.book", "books", 240, 2, 2, 2, 0, 0.25, 0, 1.5, 4, [], null)],
        [new RoutePrediction("GET /", "outside", 120, 8, 15, 2, 2, 2, 0.9, 1.8, 40, 4.5)],
        [new ContractSeen("books.book", 240, 1.5, 4, 20, 45, 320, 900, 30, 80, null, 1)],
        [new RoundTripReport("loopback", 90, 0.42, 0.85)], new MoveMeasured("canary", 500, 1.5, 2, 0.5, 0.45, -10), null, new RowUse(7, new Dictionary<string, string>(), [], true), new EventLag(12, 0, 9, 30),
        new ProcessorReport(300, 4000, 2.5), new SplitCost("20260105-113000-books", "1 %", 2.4, 3.6, 2, 1.6), new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>(),
        new ModuleGraph(["outside", "books", "shelves"], [new GraphLine("outside", "shelves", "call", 120, 1, 1, true, 0, false), new GraphLine("shelves", "books", "call", 240, 2, 2, true, 0, false), new GraphLine("books", "shelves", "event", 0, null, null, true, 0, false)], []));
}

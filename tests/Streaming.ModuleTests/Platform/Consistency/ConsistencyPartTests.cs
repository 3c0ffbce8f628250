using Microsoft.Extensions.Time.Testing;
using Streaming.Kernel;
using Streaming.Platform.Consistency;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Platform.Consistency;

internal sealed class ConsistencyPartTests
{
    private static readonly IRequestDescriptor[] _requests =
        [new RequestDescriptor<Sample.Ask>("sample", false), new RequestDescriptor<Relaxed>("sample", true), new RequestDescriptor<Within.Command>("sample", false)];

    [Contract("sample.relaxed", version: 1, DeadlineMs = 100, SlowMs = 10, Consistency = ConsistencyLevel.One)]
    private sealed record Relaxed(Guid CommandId) : ICommand<Done>;

    private static class Within
    {
        internal sealed record Command : MediatR.IRequest<Result<Done>>;
    }

    [Test]
    public void A_level_comes_from_the_configuration_or_the_contract_or_the_kind()
    {
        var usual = new ConsistencyLevels(ClusterOptionsTests.Configuration(), _requests);
        Assert.That(_requests.Select(usual.Of), Is.EqualTo(new[] { ConsistencyLevel.LocalQuorum, ConsistencyLevel.One, ConsistencyLevel.Quorum }));

        var configured = new ConsistencyLevels(
            ClusterOptionsTests.Configuration(($"data:consistency:{_requests[0].Name}", "ONE"), ("data:consistency:sample.RELAXED", "LOCAL_QUORUM"), ("data:consistency:sample.within", "one")), _requests);
        Assert.That(_requests.Select(configured.Of), Is.EqualTo(new[] { ConsistencyLevel.One, ConsistencyLevel.LocalQuorum, ConsistencyLevel.One }));
        Assert.That(configured.All.Select(r => (r.Kind, r.From == "kind" || r.From == "contract")), Has.None.Matches<(string, bool)>(r => r.Item2));
    }

    [TestCase("data:consistency:sample.nothing", "one", "data:consistency:sample.nothing: there is no contract sample.nothing. There are ")]
    [TestCase("data:consistency:sample.relaxed", "two", "data:consistency:sample.relaxed is 'two'; it takes one, local-quorum or quorum.")]
    [TestCase("data:consistency:sample.relaxed", "0", "data:consistency:sample.relaxed is '0'")]
    public void A_wrong_name_or_level_is_named_by_its_key(string key, string value, string told) => Assert.That(
        () => new ConsistencyLevels(ClusterOptionsTests.Configuration((key, value)), _requests), Throws.InvalidOperationException.With.Message.StartsWith(told));

    [TestCase("", 3, ExpectedResult = false)]
    [TestCase("ANY 1 (\"pg-1\", \"pg-2\", \"pg-3\")", 3, ExpectedResult = true)]
    [TestCase("first 1 (a, b)", 3, ExpectedResult = true)]
    [TestCase("2 (a, b, c)", 5, ExpectedResult = true)]
    [TestCase("*", 3, ExpectedResult = true)]
    [TestCase("a, b", 3, ExpectedResult = true)]
    [TestCase("ANY 1 (a, b, c, d)", 5, ExpectedResult = false)]
    [TestCase("any_1, b", 5, ExpectedResult = false)]
    [TestCase("ANY 1 (b)", 2, ExpectedResult = true)]
    public bool A_primary_waits_for_a_majority_or_it_is_told(string names, int servers) => QuorumCheck.Fault(names, fsync: true, servers) is null;

    [Test]
    public void A_disk_that_may_forget_makes_no_majority() => Assert.That(QuorumCheck.Fault("*", fsync: false, 3), Does.StartWith("fsync is off"));

    [Test]
    public void A_copy_is_behind_by_the_age_of_the_oldest_write_that_it_lacks()
    {
        var clock = new FakeTimeProvider();
        var written = new LagWindow(clock);
        Assert.That(written.LagOf(5), Is.Null, "nothing is known yet");
        written.Add(10);
        clock.Advance(TimeSpan.FromSeconds(2));
        written.Add(20);
        written.Add(20);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.That(new ulong[] { 5, 10, 19, 20, 30 }.Select(p => written.LagOf(p)!.Value.TotalSeconds), Is.EqualTo(new[] { 5, 3, 3, 0, 0 }), "a quiet primary makes nobody late");
        written.Clear();
        Assert.That(written.LagOf(5), Is.Null);
    }

    [TestCase("0/0", ExpectedResult = 0ul)]
    [TestCase("0/3000148", ExpectedResult = 0x3000148ul)]
    [TestCase("1/0", ExpectedResult = 1ul << 32)]
    [TestCase("ffffffff/FFFFFFFF", ExpectedResult = ulong.MaxValue)]
    [TestCase(null, ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    [TestCase("/", ExpectedResult = null)]
    [TestCase("0/1/2", ExpectedResult = null)]
    [TestCase(" 0/1", ExpectedResult = null)]
    [TestCase("0/100000000", ExpectedResult = null)]
    [TestCase("0000000000000/0000000000", ExpectedResult = null)]
    public object? A_position_is_read_as_postgresql_writes_it(string? text) => SessionPosition.Parse(text);

    [Test]
    public void A_session_goes_only_forward_and_tells_each_answer_once()
    {
        var session = new DataSession(10);
        session.Wrote(30);
        session.Wrote(20);
        session.Answered(ConsistencyLevel.Quorum, "pg-1");
        session.Answered(ConsistencyLevel.LocalQuorum, "pg-2");
        session.Answered(ConsistencyLevel.LocalQuorum, "pg-2");
        session.Answered(ConsistencyLevel.One, "pg-1", ConsistencyLevel.Quorum);
        Assert.That((session.Position, session.HasWritten), Is.EqualTo((30ul, true)));
        Assert.That(session.ToString(), Is.EqualTo("quorum; server=pg-1, local-quorum; server=pg-2, one; server=pg-1; asked=quorum"));
        Assert.That(new DataSession(10).ToString(), Is.Empty);
    }

    [Test]
    public void After_an_order_the_primarys_own_word_takes_the_place_of_what_the_client_said()
    {
        var session = new DataSession(ulong.MaxValue);
        session.Wrote(30);
        Assert.That(session.Position, Is.EqualTo(30ul), "or one position of another history would keep a session from the copies for good");
        session.Wrote(20);
        Assert.That(session.Position, Is.EqualTo(30ul), "of two orders the further one");
    }
}

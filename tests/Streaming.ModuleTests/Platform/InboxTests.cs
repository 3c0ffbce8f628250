using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Platform;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class InboxTests(Engine engine, DialMode dial)
{
    private ModuleHost _host = null!;
    private Sample.Probe _probe = null!;

    [OneTimeSetUp]
    public async Task Start() => (_host, _probe) = await Sample.Start(engine, dial);

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [SetUp]
    public void Forget() => _probe.OnWrite = _ => Task.FromResult<Error?>(null);

    [Test]
    public async Task The_same_order_twice_has_one_effect_and_one_answer()
    {
        var order = new Sample.Write(Guid.CreateVersion7(), "once");
        var first = await _host.Send(order);
        var again = await _host.Send(order);
        Assert.Multiple(async () =>
        {
            Assert.That(again.Value, Is.EqualTo(first.Value));
            Assert.That(await Notes("once"), Is.EqualTo(1));
            Assert.That(await Events("once"), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task The_same_id_with_another_body_is_a_conflict()
    {
        var order = new Sample.Write(Guid.CreateVersion7(), "body");
        await _host.Send(order);
        var other = await _host.Send(order with { Text = "other body" });
        Assert.Multiple(async () =>
        {
            Assert.That((other.Error!.Kind, other.Error.Code), Is.EqualTo((ErrorKind.Conflict, "command-id-reused")));
            Assert.That(await Notes("other body"), Is.Zero);
        });
    }

    [Test]
    public async Task The_same_id_from_another_account_is_a_conflict_and_tells_nothing()
    {
        var order = new Sample.Write(Guid.CreateVersion7(), "mine");
        await _host.Send(order, new Caller(Guid.CreateVersion7(), [], new Dictionary<string, string>()));
        var other = await _host.Send(order, new Caller(Guid.CreateVersion7(), [], new Dictionary<string, string>()));
        Assert.That(other.Error!.Code, Is.EqualTo("command-id-reused"));
    }

    [Test]
    public async Task An_order_without_an_id_is_refused() => Assert.That(
        (await _host.Send(new Sample.Write(Guid.Empty, "nameless"))).Error!.Fields!.Keys, Is.EqualTo(new[] { "commandId" }));

    [Test]
    public async Task A_failed_order_leaves_no_trace_and_may_be_given_again()
    {
        var order = new Sample.Write(Guid.CreateVersion7(), "second try");
        _probe.OnWrite = _ => Task.FromResult<Error?>(Error.Conflict("sample:not-now", "Not now."));
        var refused = await _host.Send(order);
        var traces = (await Notes("second try"), await Events("second try"), await Claims(order.CommandId));
        Forget();
        var done = await _host.Send(order);

        Assert.Multiple(async () =>
        {
            Assert.That(refused.Error!.Code, Is.EqualTo("sample:not-now"));
            Assert.That(traces, Is.EqualTo((0, 0, 0)));
            Assert.That(done.IsError, Is.False);
            Assert.That(await Notes("second try"), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task An_order_that_throws_leaves_no_trace()
    {
        var order = new Sample.Write(Guid.CreateVersion7(), "thrown");
        _probe.OnWrite = _ => throw new InvalidOperationException("broken");
        var broken = await _host.Send(order);
        Assert.Multiple(async () =>
        {
            Assert.That(broken.Error!.Code, Is.EqualTo("internal"));
            Assert.That((await Notes("thrown"), await Events("thrown"), await Claims(order.CommandId)), Is.EqualTo((0, 0, 0)));
        });
    }

    [Test]
    public async Task The_same_order_many_times_at_once_has_one_effect()
    {
        _probe.OnWrite = async _ =>
        {
            await Task.Delay(30);
            return null;
        };
        var order = new Sample.Write(Guid.CreateVersion7(), "at once");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _host.Send(order))));
        Assert.Multiple(async () =>
        {
            Assert.That(answers.Select(a => a.Value).Distinct().Count(), Is.EqualTo(1));
            Assert.That(await Notes("at once"), Is.EqualTo(1));
        });
    }

    private Task<int> Notes(string text) => _host.With<Sample.SampleDbContext, int>(db => db.Notes.CountAsync(n => n.Text == text));

    private Task<int> Events(string text) => _host.With<Sample.SampleDbContext, int>(
        db => db.OutboxMessages.CountAsync(m => m.Body.Contains($"\"{text}\"")));

    private Task<int> Claims(Guid id) => _host.With<Sample.SampleDbContext, int>(db => db.InboxEntries.CountAsync(e => e.MessageId == id));
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Outbox;

namespace Streaming.ModuleTests.Platform;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class OutboxTests(Engine engine, DialMode dial)
{
    private const string Steady = nameof(Sample.CountNote);
    private const string Fragile = nameof(Sample.AFragileHandler);

    private ModuleHost _host = null!;
    private Sample.Probe _probe = null!;

    [OneTimeSetUp]
    public async Task Start() => (_host, _probe) = await Sample.Start(engine, dial);

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [SetUp]
    public void Forget()
    {
        _probe.OnWrite = _ => Task.FromResult<Error?>(null);
        _probe.OnFragile = _ => { };
    }

    [Test]
    public async Task An_event_leaves_only_with_its_transaction()
    {
        var told = 0;
        _probe.OnFragile = _ => told++;
        _probe.OnWrite = _ => Task.FromResult<Error?>(Error.Conflict("sample:no", "No."));
        await _host.Send(new Sample.Write(Guid.CreateVersion7(), "never"));
        await _host.DeliverEvents();
        Assert.That(told, Is.Zero);
    }

    [Test]
    public async Task Each_handler_is_told_once()
    {
        var note = await Write();
        await _host.DeliverEvents();
        await _host.DeliverEvents();
        Assert.That(await Told(note), Is.EquivalentTo(new[] { Steady, Fragile }));
    }

    [Test]
    public async Task A_handler_that_fails_is_told_again_later_and_holds_up_nobody()
    {
        var note = Guid.Empty;
        var attempts = 0;
        _probe.OnFragile = happened =>
        {
            if (happened.NoteId == note && ++attempts < 3) throw new InvalidOperationException("not yet");
        };
        note = await Write();
        var other = await Write();

        await _host.DeliverEvents();
        var first = (attempts, await Told(note), await Told(other));
        await _host.DeliverEvents();
        var tooSoon = attempts;
        _host.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await _host.DeliverEvents();
        var second = attempts;
        _host.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await _host.DeliverEvents();
        var stillTooSoon = attempts;
        _host.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await _host.DeliverEvents();

        Assert.Multiple(async () =>
        {
            Assert.That(first.attempts, Is.EqualTo(1));
            Assert.That(first.Item2, Is.EqualTo(new[] { Steady }), "the failed handler's own change must be undone");
            Assert.That(first.Item3, Is.EquivalentTo(new[] { Steady, Fragile }));
            Assert.That((tooSoon, second, stillTooSoon, attempts), Is.EqualTo((1, 2, 2, 3)), "2 s after the first failure, 4 s after the second");
            Assert.That(await Told(note), Is.EquivalentTo(new[] { Steady, Fragile }));
        });
    }

    [Test]
    public async Task The_backlog_tells_new_events_from_those_that_were_refused()
    {
        await _host.DeliverEvents();
        var before = await Backlog();
        var refused = await Write();
        _probe.OnFragile = happened =>
        {
            if (happened.NoteId == refused) throw new InvalidOperationException("not yet");
        };
        await _host.DeliverEvents();
        await Write();
        var between = await Backlog();
        _probe.OnFragile = _ => { };
        _host.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await _host.DeliverEvents();

        Assert.Multiple(async () =>
        {
            Assert.That((between.Waiting - before.Waiting, between.Retried - before.Retried), Is.EqualTo((1, 1)));
            Assert.That(await Backlog(), Is.EqualTo(before));
        });
    }

    [Test]
    public async Task A_crash_between_the_handler_and_the_mark_has_no_second_effect()
    {
        var note = await Write();
        await _host.DeliverEvents();
        var unmarked = await _host.With<Sample.SampleDbContext, int>(db => db.OutboxMessages.Where(m => m.Body.Contains(note.ToString()))
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.DeliveredAt, (DateTimeOffset?)null)));
        await _host.DeliverEvents();

        Assert.Multiple(async () =>
        {
            Assert.That(unmarked, Is.EqualTo(1));
            Assert.That(await Told(note), Is.EquivalentTo(new[] { Steady, Fragile }));
            Assert.That(await _host.With<Sample.SampleDbContext, int>(db => db.OutboxMessages.CountAsync(m => m.DeliveredAt == null)), Is.Zero);
        });
    }

    [Test]
    public async Task An_event_that_nobody_waits_for_is_done_with()
    {
        await _host.With<Sample.SampleDbContext, int>(db =>
        {
            db.Outbox.Add(new Unheard(), _host.Clock.GetUtcNow());
            return db.SaveChangesAsync();
        });
        await _host.DeliverEvents();
        Assert.That(await _host.With<Sample.SampleDbContext, int>(db => db.OutboxMessages.CountAsync(m => m.DeliveredAt == null)), Is.Zero);
    }

    private async Task<Guid> Write() => (await _host.Send(new Sample.Write(Guid.CreateVersion7(), "told"))).Value.Id;

    private async Task<ModuleBacklog> Backlog() => (await _host.Services.GetRequiredService<OutboxBacklog>().Count(CancellationToken.None)).Single();

    private Task<string[]> Told(Guid note) => _host.With<Sample.SampleDbContext, string[]>(
        db => db.Tellings.Where(t => t.NoteId == note).Select(t => t.By).ToArrayAsync());

    private sealed record Unheard : IModuleEvent;
}

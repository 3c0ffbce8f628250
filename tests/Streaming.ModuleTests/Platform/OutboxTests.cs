using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
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
    private ParkedEvents _parked = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        (_host, _probe) = await Sample.Start(engine, dial);
        _parked = _host.Services.GetRequiredService<ParkedEvents>();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

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
    public async Task What_fails_too_often_is_parked_with_its_reason_and_told_by_whoever_asks_for_it_again()
    {
        var (stuck, attempts) = (Guid.Empty, 0);
        _probe.OnFragile = happened =>
        {
            if (happened.NoteId == stuck && ++attempts <= 20) throw new InvalidOperationException("broken for good");
        };
        stuck = await Write();
        await Try(times: 16);
        var parked = (await _parked.List(10, CancellationToken.None)).Single();
        await Try(times: 3);
        var whileParked = attempts;
        var later = await Write();
        await _host.DeliverEvents();
        var (unknown, sent) = (await _parked.Retry(Guid.CreateVersion7(), CancellationToken.None), await _parked.Retry(parked.Id, CancellationToken.None));
        await _host.DeliverEvents();
        await Try(times: 5);

        Assert.Multiple(async () =>
        {
            Assert.That((parked.Module, parked.Attempts, parked.Error), Is.EqualTo(("sample", 16, "InvalidOperationException: broken for good")));
            Assert.That(parked.Type, Does.EndWith(nameof(Sample.NoteWritten)));
            Assert.That((whileParked, unknown, sent), Is.EqualTo((16, 0, 1)), "not tried while it is parked");
            Assert.That(await Told(later), Is.EquivalentTo(new[] { Steady, Fragile }), "holds up nobody");
            Assert.That((attempts, await _parked.Count(CancellationToken.None)), Is.EqualTo((21, 0)));
            Assert.That(await Told(stuck), Is.EquivalentTo(new[] { Steady, Fragile }), "each handler once");
        });
    }

    [Test]
    public async Task A_full_disk_is_no_fault_of_the_event_however_long_it_lasts()
    {
        var (stuck, attempts) = (Guid.Empty, 0);
        _probe.OnFragile = happened =>
        {
            if (happened.NoteId == stuck && ++attempts <= 18) throw new Microsoft.Data.Sqlite.SqliteException("database or disk is full", 13);
        };
        stuck = await Write();
        await Try(times: 19);
        Assert.That((attempts, await _parked.Count(CancellationToken.None)), Is.EqualTo((19, 0)));
        Assert.That(await Told(stuck), Is.EquivalentTo(new[] { Steady, Fragile }));
    }

    [Test]
    public void Waits_double_up_to_the_longest_and_differ_from_event_to_event()
    {
        var options = new OutboxOptions { LongestWaitSeconds = 60 };
        foreach (var (attempt, longest) in new[] { (1, 2), (2, 4), (5, 32), (6, 60), (900, 60) })
        {
            var waits = Enumerable.Range(0, 50).Select(_ => options.Wait(attempt, Guid.CreateVersion7()).TotalSeconds).ToList();
            Assert.That(waits, Is.All.InRange(longest * 0.75, longest));
            Assert.That(waits.Distinct().Count(), Is.GreaterThan(10));
        }
    }

    [TestCase("events:attempts", "0")]
    [TestCase("events:longestWaitSeconds", "-1")]
    [TestCase("events:atempts", "3")]
    public void A_wrong_setting_names_its_key(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();
        Assert.That(() => OutboxOptions.From(configuration), Throws.InvalidOperationException.With.Message.Contains(key.Split(':')[1]).IgnoreCase);
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

    private async Task Try(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _host.DeliverEvents();
            _host.Clock.Advance(TimeSpan.FromSeconds(301));
        }
    }

    private async Task<Guid> Write() => (await _host.Send(new Sample.Write(Guid.CreateVersion7(), "told"))).Value.Id;

    private async Task<ModuleBacklog> Backlog() => (await _host.Services.GetRequiredService<OutboxBacklog>().Count(CancellationToken.None)).Single();

    private Task<string[]> Told(Guid note) => _host.With<Sample.SampleDbContext, string[]>(
        db => db.Tellings.Where(t => t.NoteId == note).Select(t => t.By).ToArrayAsync());

    private sealed record Unheard : IModuleEvent;
}

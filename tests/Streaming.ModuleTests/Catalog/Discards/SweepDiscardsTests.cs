using System.Reflection;
using Hangfire;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Catalog;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Data;
using Streaming.Catalog.Discards;
using Streaming.Catalog.Titles;
using Streaming.ModuleTests.Catalog.Titles;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Storage;
using Streaming.Playback.Access;

namespace Streaming.ModuleTests.Catalog.Discards;

/// <summary>What nobody needs any more goes, late; what anybody may need stays.</summary>
[TestFixture(Engine.Sqlite), TestFixture(Engine.Postgres), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SweepDiscardsTests(Engine engine)
{
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);
    private TitlesHost _titles = null!;
    private Guid _title, _asset;

    private IObjectStore Store => _titles.Host.Services.GetRequiredService<IObjectStore>();

    [SetUp]
    public async Task Start()
    {
        _titles = await TitlesHost.Start(engine, DialMode.InProcess);
        _title = await _titles.Published(TitlesHost.Content("Film"));
        _asset = (await _titles.Host.Send(new GetPlayable(_title))).Value.AssetId;
    }

    [TearDown]
    public async Task Stop()
    {
        if (_titles is not null) await _titles.DisposeAsync();
    }

    [Test]
    public async Task A_superseded_revision_goes_with_its_rows_when_no_address_of_it_can_live_any_more()
    {
        var (old, current) = (MediaKeys.Segment(_asset, 1, "v240", 0), MediaKeys.Segment(_asset, 2, "v240", 0));
        await Put(old);
        await Put(current);
        await Sweep();
        Pass(SweepDiscards.Keep + _hour);
        await Sweep();
        Assert.That(await IsThere(old), "it is the current one, however old");

        await Db(db => db.Assets.Where(a => a.Id == _asset).ExecuteUpdateAsync(set => set.SetProperty(a => a.Revision, 2)));
        await Sweep();
        Pass(SweepDiscards.Keep - _hour);
        await Sweep();
        Assert.That(await IsThere(old), "somebody may be watching it");

        Pass(_hour);
        await Sweep();
        Assert.That((await IsThere(old), await IsThere(current)), Is.EqualTo((false, true)));
        Assert.That(await Db(db => db.Renditions.CountAsync(r => r.AssetId == _asset)), Is.Zero);
        Assert.That(await Db(db => db.Segments.CountAsync()), Is.Zero);
        Assert.That(await Db(db => db.TextTracks.CountAsync()), Is.Zero);
        Assert.That(await Db(db => db.Discards.CountAsync()), Is.Zero);
    }

    [Test]
    public async Task Artwork_that_no_version_names_goes_and_what_is_named_again_meanwhile_stays()
    {
        var (poster, chosen, again, orphan) = (Key('a'), Key('b'), Key('c'), Key('d'));
        foreach (var key in new[] { poster, chosen, again, orphan }) await Put(key);
        await _titles.UsePoster(_title, Hash('a'));
        await Choose('b');
        await Sweep();
        await Choose('c');
        Pass(SweepDiscards.Keep);
        await Sweep();

        Assert.That(
            (await IsThere(poster), await IsThere(chosen), await IsThere(again), await IsThere(orphan)), Is.EqualTo((true, true, true, false)),
            "b is no longer shown but the title's history names it");
    }

    [Test]
    public async Task Since_when_nobody_needs_it_is_counted_anew_after_somebody_did()
    {
        await Put(Key('e'));
        await Sweep();
        Pass(SweepDiscards.Keep - _hour);
        await _titles.UsePoster(_title, Hash('e'));
        await Sweep();
        await _titles.UsePoster(_title, Hash('f'));
        Pass(2 * _hour);
        await Sweep();
        Assert.That(await IsThere(Key('e')));
    }

    [Test]
    public void It_is_kept_longer_than_any_signed_address_lives()
    {
        var longest = typeof(TokenOptions).GetProperty(nameof(TokenOptions.LifeHours))!.GetCustomAttribute<System.ComponentModel.DataAnnotations.RangeAttribute>()!;
        var options = new TokenOptions { LifeHours = Convert.ToDouble(longest.Maximum, System.Globalization.CultureInfo.InvariantCulture) };
        Assert.That(SweepDiscards.Keep, Is.GreaterThan(options.LifeFor(TimeSpan.FromHours(24).TotalSeconds)));
    }

    [Test]
    public async Task It_is_done_every_hour()
    {
        foreach (var schedule in _titles.Host.Services.GetServices<IHostedService>().OfType<SweepSchedule>()) schedule.Arrange();
        using var jobs = _titles.Host.Services.GetRequiredService<JobStorage>().GetConnection();
        var job = jobs.GetRecurringJobs().Single(j => j.Id == SweepSchedule.JobId);
        Assert.That((job.Cron, job.Job.Type, job.Job.Method.Name), Is.EqualTo((Cron.Hourly(), typeof(SweepDiscards), nameof(SweepDiscards.Sweep))));
    }

    private string Key(char letter) => ArtworkFiles.Key(_title, Hash(letter));

    private static string Hash(char letter) => new(letter, 64);

    private Task Sweep() => _titles.Host.Services.GetRequiredService<SweepDiscards>().Sweep(CancellationToken.None);

    private void Pass(TimeSpan time) => _titles.Host.Clock.Advance(time);

    /// <summary>Artwork in a new version of the title.</summary>
    private Task<int> Choose(char letter) => Db(async db =>
    {
        var title = (await db.TitleForWriting(_title, CancellationToken.None))!;
        title.Edit(null, title.Current.Content with { Artwork = Hash(letter) }, _titles.Host.Clock.GetUtcNow(), by: null);
        return await db.SaveChangesAsync();
    });

    private async Task<bool> IsThere(string key) => await Store.Size(key, CancellationToken.None) is not null;

    private async Task Put(string key)
    {
        var file = Path.Combine(_titles.Host.Folder, $"{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(file, key);
        await Store.Commit(key, file, CancellationToken.None);
    }

    private Task<T> Db<T>(Func<CatalogDbContext, Task<T>> use) => _titles.Host.With(use);
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Catalog.Demo;
using Streaming.Catalog.Titles;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;

namespace Streaming.ModuleTests.Catalog.Ingests;

[TestFixture(Engine.Sqlite), TestFixture(Engine.Postgres)]
internal sealed class DemoCatalogueTests(Engine engine)
{
    private TestDatabase _database = null!;

    [SetUp]
    public async Task Create() => _database = await TestDatabase.Create(engine);

    [TearDown]
    public async Task Drop()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task A_catalogue_that_holds_anything_is_left_alone()
    {
        await using var host = await IngestHost.Start(_database);
        Assert.That((await host.Send(new CreateTitle.Command(Guid.CreateVersion7(), TitleKinds.Film, null, new TitleContent { Name = "Mine" }))).Error, Is.Null);
        await host.Services.GetRequiredService<DemoCatalogue>().Fill(CancellationToken.None);
        Assert.That(await host.Db(db => db.Titles.CountAsync()), Is.EqualTo(1));
        Assert.That(await host.Db(db => db.Ingests.CountAsync()), Is.Zero);
    }

    [Test]
    public async Task Stopped_in_the_middle_it_goes_on_with_the_next_film_and_makes_none_twice()
    {
        await using (var host = await IngestHost.Start(_database)) await FillUntil(host, films: 1);
        await using var again = await IngestHost.Start(_database);
        await FillUntil(again, films: 2);
        await again.Worker.Work(CancellationToken.None);

        var made = await again.Db(db => db.Set<DemoEntry>().OrderBy(e => e.Order).Where(e => e.HandedOver).ToListAsync());
        Assert.That(made.Select(e => e.Key), Is.EqualTo(DemoFilms.All.Take(made.Count).Select(f => f.Key)));
        Assert.That(await again.Db(db => db.Ingests.Select(i => i.TitleId).ToListAsync()), Is.EquivalentTo(made.Select(e => e.TitleId)));
        var page = (await again.Send(new BrowseTitles(), Caller.Anonymous)).Value.Items;
        Assert.That(page.Select(t => t.Name), Does.Contain(DemoFilms.All[0].Title), "published as soon as it could be played");
        Assert.That(page.Select(t => t.Kind), Has.None.EqualTo(TitleKinds.Series), "a series shows with its first episode");
        Assert.That(page, Has.All.Property(nameof(TitleCard.Artwork)).Not.Null);
    }

    private static async Task FillUntil(IngestHost host, int films)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var filling = host.Services.GetRequiredService<DemoCatalogue>().Fill(stop.Token);
        while (!filling.IsCompleted && await host.Db(db => db.Set<DemoEntry>().CountAsync(e => e.HandedOver)) < films) await Task.Delay(50);
        await stop.CancelAsync();
        Assert.That(async () => await filling, Throws.InstanceOf<OperationCanceledException>());
    }
}

using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Recommendations;
using Streaming.Users;

namespace Streaming.ModuleTests.Recommendations;

[TestFixtureSource(typeof(Everywhere), nameof(Everywhere.Combinations))]
internal sealed class SimilarTitleTests(Engine engine, DialMode dial)
{
    private static readonly Caller _grown = new(
        Guid.CreateVersion7(), [], new Dictionary<string, string> { [ViewerCaller.MaturityAttribute] = "18" });

    private readonly FakeCatalog _catalog = new();
    private ModuleHost _host = null!;
    private TitleCard _title = null!, _both = null!, _rare = null!, _common = null!, _series = null!, _wild = null!, _other = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _host = await ModuleHost.Start(engine, dial, [new RecommendationsModule()], _catalog.Register);
        _title = _catalog.Add("Title", ["noir", "drama"]);
        _common = _catalog.Add("Common", ["drama"]);
        _rare = _catalog.Add("Rare", ["noir"]);
        _both = _catalog.Add("Both", ["noir", "drama"]);
        _series = _catalog.Add("Series", ["noir"], TitleKinds.Series);
        _wild = _catalog.Add("Wild", ["noir", "drama"], maturity: 18);
        _other = _catalog.Add("Other", ["nature"]);
        for (var i = 0; i < 5; i++) _catalog.Add($"Drama {i}", ["drama"]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Test]
    public async Task Shared_genres_count_the_rarer_the_more_and_the_same_kind_helps()
    {
        var similar = (await _host.Send(new GetSimilarTitles(_title.Id, Limit: 40), _grown)).Value.TitleIds;
        Assert.Multiple(() =>
        {
            Assert.That(similar.Take(2), Is.EquivalentTo(new[] { _both.Id, _wild.Id }));
            Assert.That(similar.Skip(2).Take(2), Is.EqualTo(new[] { _rare.Id, _series.Id }));
            Assert.That(similar.Skip(4), Does.Contain(_common.Id));
            Assert.That(similar, Does.Not.Contain(_title.Id).And.Not.Contain(_other.Id));
        });
    }

    [Test]
    public async Task What_the_caller_may_not_see_is_left_out_and_not_found()
    {
        var similar = await _host.Send(new GetSimilarTitles(_title.Id), Caller.Anonymous);
        var hidden = await _host.Send(new GetSimilarTitles(_wild.Id), Caller.Anonymous);
        Assert.Multiple(() =>
        {
            Assert.That(similar.Value.TitleIds, Does.Contain(_both.Id).And.Not.Contain(_wild.Id));
            Assert.That(hidden.Error!.Kind, Is.EqualTo(ErrorKind.NotFound));
        });
    }

    [Test]
    public async Task An_episode_is_like_what_its_series_is_like()
    {
        var episode = _catalog.Add("Pilot", [], TitleKinds.Episode, series: _series.Id);
        var ofEpisode = await _host.Send(new GetSimilarTitles(episode.Id), _grown);
        var ofSeries = await _host.Send(new GetSimilarTitles(_series.Id), _grown);
        Assert.That(ofEpisode.Value.TitleIds, Is.EqualTo(ofSeries.Value.TitleIds).And.Not.Empty.And.Not.Contain(_series.Id));
    }

    [Test]
    public async Task The_catalogue_is_asked_once_a_genre_not_once_a_title()
    {
        lock (_catalog.Asked) _catalog.Asked.Clear();
        await _host.Send(new GetSimilarTitles(_title.Id), _grown);
        // The second pass of a round trip asks everything again.
        Assert.That(_catalog.Asked, Has.Count.EqualTo(dial == DialMode.RoundTrip ? 6 : 3));
    }
}

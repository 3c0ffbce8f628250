using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;
using Streaming.Playback.Media;

namespace Streaming.ModuleTests.Playback.Media;

/// <summary>The rows behind manifests, as several processes on the same cache have them; each <see cref="Presentations"/> is one.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KeptManifestTests : IAsyncDisposable
{
    private ModuleHost _host = null!;
    private Others _others = null!;

    [SetUp]
    public async Task Start() => (_host, _others) = await PlaybackHosts.Start(Engine.Sqlite, DialMode.InProcess);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Test]
    public async Task A_complete_film_is_asked_of_the_catalogue_by_one_process_and_told_by_all_also_when_it_is_down()
    {
        using var one = Process();
        Assert.That((await one.Get(Samples.Asset, 1, default)).Error, Is.Null);
        _others.PresentationError = Error.Unavailable("down", "Not now.");
        using var other = Process();
        Assert.That((await other.Get(Samples.Asset, 1, default)).Value.Presentation.Video, Is.Not.Empty);
        Assert.That(_others.PresentationCalls, Is.EqualTo(1));
        Assert.That(Use, Has.Property(nameof(CacheUseReport.LocalHits)).EqualTo(1));
    }

    [Test]
    public async Task One_that_grows_is_asked_for_again_and_told_as_it_was_last_while_nobody_can_be_asked()
    {
        _others.Presentation = Samples.Film() with { Complete = false };
        using var one = Process();
        var first = (await one.Get(Samples.Asset, 1, default)).Value;
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await one.Get(Samples.Asset, 1, default);
        Assert.That(_others.PresentationCalls, Is.EqualTo(2));

        _others.PresentationError = Error.Unavailable("down", "Not now.");
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await one.Get(Samples.Asset, 1, default)).Value.Presentation.Video, Has.Count.EqualTo(first.Presentation.Video.Count));
        using var other = Process();
        Assert.That((await other.Get(Samples.Asset, 1, default)).Error?.Kind, Is.EqualTo(ErrorKind.Unavailable));
    }

    private CacheUseReport Use => _host.Services.GetRequiredService<IZoneCache>().Report().Uses.Single(u => u.Use == "playback:manifest");

    private Presentations Process() =>
        new(_host.Services.GetRequiredService<IZoneCache>(), _host.Services.GetRequiredService<IServiceScopeFactory>(), _host.Clock);
}

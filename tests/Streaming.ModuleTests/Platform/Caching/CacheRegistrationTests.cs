using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Platform.Caching;

namespace Streaming.ModuleTests.Platform.Caching;

/// <summary>The cache as a host gets it.</summary>
internal sealed class CacheRegistrationTests
{
    [Test]
    public async Task A_host_without_settings_has_a_cache_in_memory_that_is_measured()
    {
        await using var services = Services([]);
        var cache = services.GetRequiredService<IZoneCache>();
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StartAsync(default);
        for (var i = 0; i < 3; i++)
            await cache.GetOrCreate("films:silent:1", 1927, static (year, _) => new ValueTask<Film?>(new Film("Metropolis", year)), CacheBuilding.Hour, default);
        Assert.That(cache.Report(), Has.Property(nameof(CacheReport.Mode)).EqualTo("memory"));

        var reads = new Dictionary<(object?, object?), long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "streaming.cache.reads") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => reads[(tags[0].Value, tags[1].Value)] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.That(reads, Is.EquivalentTo(new Dictionary<(object?, object?), long>
        {
            [("films:silent", "local")] = 2,
            [("films:silent", "zone")] = 0,
            [("films:silent", "source")] = 1,
        }));
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(default);
    }

    [Test]
    public async Task A_host_with_zones_ends_without_an_error()
    {
        var services = Services(new() { ["cache:zones:0:name"] = "a", ["cache:zones:0:connection"] = "localhost:1", ["cache:zone"] = "a" });
        Assert.That(services.GetRequiredService<IZoneCache>().Report().Mode, Is.EqualTo("zones"));
        Assert.That(services.GetServices<IHostedService>(), Has.Some.SameAs(services.GetRequiredService<IZoneCache>()));
        Assert.That(async () => await services.DisposeAsync(), Throws.Nothing);
    }

    [Test]
    public async Task A_wrong_setting_stops_the_start()
    {
        await using var services = Services(new() { ["cache:zones:0:name"] = "a", ["cache:zones:0:connection"] = "localhost:1", ["cache:zone"] = "b" });
        Assert.That(() => services.GetServices<IHostedService>().ToArray(), Throws.InvalidOperationException.With.Message.Contains("cache:zone is 'b'"));
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging().AddMetrics().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddZoneCache().BuildServiceProvider();
}

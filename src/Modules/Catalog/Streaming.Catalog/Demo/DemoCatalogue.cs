using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Catalog.Artwork;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Media;
using Streaming.Catalog.Titles;
using Streaming.Platform.Data;

namespace Streaming.Catalog.Demo;

/// <summary>
/// Fills a catalogue that has never held anything: one film after the other is made and handed to the same ingest as anybody's
/// file. Stopped in the middle it goes on at the next start; what somebody deletes does not come back.
/// </summary>
internal sealed partial class DemoCatalogue(
    IngestRows rows, FilmSynthesizer films, ArtworkFiles artwork, SourceFiles sources, IngestSignal signal, DataOptions data, TimeProvider clock,
    ILogger<DemoCatalogue> log) : BackgroundService
{
    private static readonly TimeSpan _afterFailure = TimeSpan.FromSeconds(30);
    private readonly string _folder = data.PathOf("demo");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Fill(stoppingToken);
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                FillFailed(log, failure);
                await Task.Delay(_afterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Makes what has not been made yet.</summary>
    public async Task Fill(CancellationToken ct)
    {
        if (!await rows.With(db => Promise(db, ct))) return;
        foreach (var entry in await rows.With(db => db.Set<DemoEntry>().AsNoTracking().Where(e => !e.HandedOver).OrderBy(e => e.Order).ToListAsync(ct)))
        {
            var film = DemoFilms.All.SingleOrDefault(f => f.Key == entry.Key);
            if (film is null) continue; // a film of another version of this program
            if (!(await films.MakeAsync(film, _folder, ct)).TryGet(out var made, out var error)) throw new InvalidOperationException(error.Message);
            await HandOver(entry, made, ct);
            Made(log, film.Title);
        }

        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Whether there is anything to make: promised before, or promised now because the catalogue has never held anything.</summary>
    private async Task<bool> Promise(CatalogDbContext db, CancellationToken ct)
    {
        if (await db.Set<DemoEntry>().AnyAsync(ct)) return await db.Set<DemoEntry>().AnyAsync(e => !e.HandedOver, ct);
        if (await db.Titles.IgnoreQueryFilters().AnyAsync(ct) || await db.Ingests.AnyAsync(ct)) return false;

        var now = clock.GetUtcNow();
        var series = DemoFilms.All.Where(f => f.Series is not null).GroupBy(f => f.Series!.Series)
            .ToDictionary(episodes => episodes.Key, episodes => Series(episodes.First(), now));
        foreach (var title in series.Values)
        {
            db.Titles.Add(title);
            // It shows as soon as the first of its episodes does.
            db.Outbox.Add(title.Publish(null, playable: false).Value, now);
        }

        db.AddRange(DemoFilms.All.Select((film, i) => new DemoEntry
        {
            Key = film.Key,
            Order = i,
            TitleId = Guid.CreateVersion7(now),
            SeriesId = film.Series is { } place ? series[place.Series].Id : null,
        }));
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task HandOver(DemoEntry entry, SynthesizedFilm made, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!(await artwork.Keep(entry.TitleId, made.ArtworkPath, FfmpegProcess.Background, ct)).TryGet(out var picture, out var unfit)) throw new InvalidOperationException(unfit.Message);

        var id = Guid.CreateVersion7(now);
        var size = new FileInfo(made.Path).Length;
        Directory.CreateDirectory(sources.Folder);
        File.Move(made.Path, sources.PathOf(id), overwrite: true);
        await rows.With(async db =>
        {
            db.Titles.Add(Draft(made.Film, entry, picture, now));
            var ingest = Ingest.Begin(id, new NewIngest($"{made.Film.Key}.mkv", made.Film.Title, entry.TitleId, Publish: true), size, by: null, now);
            ingest.Received(sha256: null, now);
            db.Ingests.Add(ingest);
            db.Attach(entry).Entity.HandedOver = true;
            await db.SaveChangesAsync(ct);
        });
        File.Delete(made.ArtworkPath);
        signal.Work();
    }

    private static Title Draft(DemoFilm film, DemoEntry entry, string artwork, DateTimeOffset now) => Title.Draft(
        film.Series is null ? TitleKinds.Film : TitleKinds.Episode,
        film.Series is { } place ? new EpisodePlace(entry.SeriesId!.Value, place.Season, place.Number) : null,
        Content(film, film.Title, film.Synopsis) with { Artwork = artwork }, now, by: null, entry.TitleId).Value;

    private static Title Series(DemoFilm first, DateTimeOffset now) =>
        Title.Draft(TitleKinds.Series, null, Content(first, first.Series!.Series, first.Series.SeriesSynopsis), now, by: null).Value;

    private static TitleContent Content(DemoFilm film, string name, string synopsis) => new()
    {
        Name = name,
        Synopsis = synopsis,
        Year = film.Year,
        Genres = [.. film.Genres.Select(g => g.ToLowerInvariant())],
        Cast = [.. film.Cast.Select(c => c.Name)],
        Maturity = film.Maturity,
    };

    [LoggerMessage(1, LogLevel.Information, "Demo catalogue: {Title} is made and on its way")]
    private static partial void Made(ILogger logger, string title);

    [LoggerMessage(2, LogLevel.Warning, "The demo catalogue cannot be made now; trying again")]
    private static partial void FillFailed(ILogger logger, Exception failure);
}

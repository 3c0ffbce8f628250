using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Benchmarks.Running;
using Streaming.Catalog;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Titles;
using Streaming.Host.Running;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Recommendations.Data;
using Streaming.Recommendations.Popularity;
using Streaming.Recommendations.Publishing;

namespace Streaming.Benchmarks.Serving;

/// <summary>A catalogue of 5,000 published titles that can be played, each with its genres, artwork and renditions, some of them watched.</summary>
internal static class Seed
{
    public const int Titles = 5000;
    private const int Series = 50;
    private const int EpisodesPerSeries = 9;
    private const int Watched = 400;
    private const int Chunk = 250;

    private static readonly string[] _genres =
        ["drama", "comedy", "documentary", "thriller", "animation", "science fiction", "romance", "adventure", "crime", "family", "history", "music"];

    private static readonly string[] _words = ["harbour", "winter", "glass", "river", "night", "garden", "engine", "letter", "island", "mirror", "north", "signal"];

    private static readonly string[] _rungs = ["v240", "v360", "v480", "v720", "v1080", "a0"];

    public static async Task Run(string folder, string? postgres, CancellationToken ct)
    {
        await using var host = await RunningHost.Start(
            new Dictionary<string, string?>
            {
                ["data:folder"] = folder,
                ["data:postgres"] = postgres,
                ["urls"] = "http://127.0.0.1:0",
                ["telemetry:metrics"] = "off",
                ["logging:loglevel:default"] = "Error",
                ["users:operator:email"] = HostProcess.Email,
                ["users:operator:password"] = HostProcess.Password,
            }, ct);
        var scopes = host.Services.GetRequiredService<IServiceScopeFactory>();
        var films = new List<Guid>();
        foreach (var chunk in All().Chunk(Chunk))
        {
            await InScope<CatalogDbContext>(scopes, async db =>
            {
                foreach (var (title, asset) in chunk)
                {
                    db.Titles.Add(title);
                    if (asset is not null) Add(db, asset);
                }

                await db.SaveChangesAsync(ct);
            });
            films.AddRange(chunk.Where(t => t.Title.Kind != TitleKinds.Series).Select(t => t.Title.Id));
            await InScope<RecommendationsDbContext>(scopes, async db =>
            {
                db.AddRange(chunk.Select(t => new PublishedTitle { TitleId = t.Title.Id, PublishedAt = t.Title.CreatedAt }));
                await db.SaveChangesAsync(ct);
            });
        }

        await InScope<RecommendationsDbContext>(scopes, async db =>
        {
            for (var i = 0; i < Watched; i++)
            {
                var views = new TitlePopularity(films[i * films.Count / Watched]);
                views.Add(1 + (i % 37), TimeProvider.System.GetUtcNow().AddHours(-i));
                db.Add(views);
            }

            await db.SaveChangesAsync(ct);
        });
    }

    private static IEnumerable<(Title Title, Asset? Asset)> All()
    {
        var at = TimeProvider.System.GetUtcNow().AddDays(-300);
        var number = 0;
        for (var s = 0; s < Series; s++)
        {
            var series = Make(TitleKinds.Series, null, number++, at);
            yield return series;
            for (var e = 0; e < EpisodesPerSeries; e++)
                yield return Make(TitleKinds.Episode, new EpisodePlace(series.Title.Id, 1 + (e / 3), 1 + (e % 3)), number++, at.AddMinutes(number));
        }

        while (number < Titles) yield return Make(TitleKinds.Film, null, number++, at.AddMinutes(number));
    }

    private static (Title Title, Asset? Asset) Make(string kind, EpisodePlace? place, int number, DateTimeOffset at)
    {
        var content = new TitleContent
        {
            Name = $"The {_words[number % 12]} and the {_words[number / 12 % 12]} {number}",
            Synopsis = string.Join(' ', Enumerable.Range(0, 40).Select(i => _words[(number + (i * 7)) % 12])),
            Year = 1960 + (number % 66),
            Genres = new[] { _genres[number % 12], _genres[((number / 7) + 5) % 12] }.Distinct().ToArray(),
            Cast = [.. Enumerable.Range(0, 8).Select(i => $"Actor {(number * 3) + i}")],
            Maturity = number % 4 * 6,
            Artwork = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number))),
        };
        var title = Title.Draft(kind, place, content, at, by: null).Value;
        if (kind == TitleKinds.Series)
        {
            Check(title.Publish(null, playable: false));
            return (title, null);
        }

        var asset = new Asset
        {
            Id = Guid.CreateVersion7(at),
            Sha256 = content.Artwork,
            Revision = 1,
            DurationSeconds = 5400,
            HasThumbnails = true,
            Complete = true,
            CreatedAt = at,
        };
        Check(title.AttachAsset(asset.Id));
        Check(title.Publish(null, playable: true));
        return (title, asset);
    }

    private static void Add(CatalogDbContext db, Asset asset)
    {
        db.Assets.Add(asset);
        for (var i = 0; i < _rungs.Length; i++)
        {
            var rendition = new Rendition
            {
                Id = Guid.CreateVersion7(asset.CreatedAt),
                AssetId = asset.Id,
                Revision = 1,
                Name = _rungs[i],
                Kind = i < 5 ? Rendition.Video : Rendition.Audio,
                Codec = i < 5 ? "avc1.640028" : "mp4a.40.2",
                Timescale = i < 5 ? 12288 : 48000,
                Order = i < 5 ? i : 0,
                Width = 1920,
                Height = 1080,
                FrameRate = 24,
                Complete = true,
                Channels = 2,
                SampleRate = 48000,
            };
            db.Renditions.Add(rendition);
            for (var n = 0; n < 2; n++)
                db.Segments.Add(new Segment { RenditionId = rendition.Id, Number = n, Start = n * 4L * rendition.Timescale, Duration = 4L * rendition.Timescale, SizeBytes = 900_000, KeyframeSizeBytes = 60_000 });
        }
    }

    private static void Check<T>(Result<T> result)
    {
        if (result.IsError) throw new InvalidOperationException(result.Error.Message);
    }

    private static async Task InScope<TContext>(IServiceScopeFactory scopes, Func<TContext, Task> work) where TContext : DbContext
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        await work(db);
    }
}

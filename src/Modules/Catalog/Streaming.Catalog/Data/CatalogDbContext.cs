using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Discards;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Titles;
using Streaming.Catalog.Uploads;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Users;

namespace Streaming.Catalog.Data;

internal abstract class CatalogDbContext(DbContextOptions options, CallContext context, TimeProvider clock) : ModuleDbContext(options)
{
    public override string Module => "catalog";

    public DbSet<Title> Titles => Set<Title>();

    public DbSet<TitleMetadata> TitleMetadata => Set<TitleMetadata>();

    public DbSet<TitleGenre> TitleGenres => Set<TitleGenre>();

    public DbSet<Asset> Assets => Set<Asset>();

    public DbSet<Rendition> Renditions => Set<Rendition>();

    public DbSet<Segment> Segments => Set<Segment>();

    public DbSet<TextTrack> TextTracks => Set<TextTrack>();

    public DbSet<Upload> Uploads => Set<Upload>();

    public DbSet<Ingest> Ingests => Set<Ingest>();

    public DbSet<Discard> Discards => Set<Discard>();

    /// <summary>Whether drafts and what is not available now are seen too.</summary>
    public bool SeesAll => context.Caller.SeesAllTitles;

    private int MaturityLimit => context.Caller.MaturityLimit;

    private DateTimeOffset Now => clock.GetUtcNow();

    protected override void BuildModel(ModelBuilder model)
    {
        model.ApplyConfigurationsFromAssembly(typeof(CatalogDbContext).Assembly);

        // By code point, as SQLite sorts, so that both give the same order.
        if (Database.IsNpgsql()) model.Entity<Title>().Property(title => title.SortName).UseCollation("C");

        // The one place that decides who sees which title. An episode needs its series, and a series needs an episode to watch.
        model.Entity<Screening>().HasQueryFilter(IsOpen<Screening>());
        model.Entity<Title>().HasQueryFilter("open", IsOpen<Title>());
        model.Entity<Title>().HasQueryFilter("with its series", title => SeesAll
            || title.Kind == TitleKinds.Film
            || (title.Kind == TitleKinds.Episode && Set<Screening>().Any(series => series.Id == title.SeriesId))
            || (title.Kind == TitleKinds.Series && Set<Screening>().Any(episode => episode.SeriesId == title.Id)));
    }

    private Expression<Func<T, bool>> IsOpen<T>() where T : IScreening => title => SeesAll
        || (title.PublishedVersion != null
            && title.Maturity <= MaturityLimit
            && (title.AvailableFrom == null || title.AvailableFrom <= Now)
            && (title.AvailableUntil == null || title.AvailableUntil > Now));
}

internal sealed class SqliteCatalogDbContext(DbContextOptions<SqliteCatalogDbContext> options, CallContext context, TimeProvider clock)
    : CatalogDbContext(options, context, clock);

internal sealed class PostgresCatalogDbContext(DbContextOptions<PostgresCatalogDbContext> options, CallContext context, TimeProvider clock)
    : CatalogDbContext(options, context, clock);

using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Platform.Data;

namespace Streaming.Catalog.Data;

internal abstract class CatalogDbContext(DbContextOptions options) : ModuleDbContext(options)
{
    public override string Module => "catalog";

    public DbSet<Asset> Assets => Set<Asset>();

    public DbSet<Rendition> Renditions => Set<Rendition>();

    public DbSet<Segment> Segments => Set<Segment>();

    public DbSet<TextTrack> TextTracks => Set<TextTrack>();

    protected override void BuildModel(ModelBuilder model) => model.ApplyConfigurationsFromAssembly(typeof(CatalogDbContext).Assembly);
}

internal sealed class SqliteCatalogDbContext(DbContextOptions<SqliteCatalogDbContext> options) : CatalogDbContext(options);

internal sealed class PostgresCatalogDbContext(DbContextOptions<PostgresCatalogDbContext> options) : CatalogDbContext(options);

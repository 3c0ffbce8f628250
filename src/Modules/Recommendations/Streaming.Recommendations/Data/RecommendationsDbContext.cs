using Microsoft.EntityFrameworkCore;
using Streaming.Platform.Data;
using Streaming.Recommendations.Popularity;
using Streaming.Recommendations.Publishing;

namespace Streaming.Recommendations.Data;

internal abstract class RecommendationsDbContext(DbContextOptions options) : ModuleDbContext(options)
{
    public override string Module => "recommendations";

    public DbSet<TitlePopularity> Popularity => Set<TitlePopularity>();

    public DbSet<PublishedTitle> Published => Set<PublishedTitle>();

    protected override void BuildModel(ModelBuilder model) => model.ApplyConfigurationsFromAssembly(typeof(RecommendationsDbContext).Assembly);
}

internal sealed class SqliteRecommendationsDbContext(DbContextOptions<SqliteRecommendationsDbContext> options) : RecommendationsDbContext(options);

internal sealed class PostgresRecommendationsDbContext(DbContextOptions<PostgresRecommendationsDbContext> options) : RecommendationsDbContext(options);

using Streaming.Platform.Data;

namespace Streaming.Recommendations.Data;

internal sealed class SqliteDesignTime() : DesignTimeContext<SqliteRecommendationsDbContext>("recommendations", postgres: false);

internal sealed class PostgresDesignTime() : DesignTimeContext<PostgresRecommendationsDbContext>("recommendations", postgres: true);

using Streaming.Platform.Data;

namespace Streaming.Catalog.Data;

internal sealed class SqliteDesignTime() : DesignTimeContext<SqliteCatalogDbContext>("catalog", postgres: false);

internal sealed class PostgresDesignTime() : DesignTimeContext<PostgresCatalogDbContext>("catalog", postgres: true);

using Streaming.Platform.Data;

namespace Streaming.Users.Data;

internal sealed class SqliteDesignTime() : DesignTimeContext<SqliteUsersDbContext>("users", postgres: false);

internal sealed class PostgresDesignTime() : DesignTimeContext<PostgresUsersDbContext>("users", postgres: true);

using Streaming.Platform.Data;

namespace Streaming.Playback.Data;

internal sealed class SqliteDesignTime() : DesignTimeContext<SqlitePlaybackDbContext>("playback", postgres: false);

internal sealed class PostgresDesignTime() : DesignTimeContext<PostgresPlaybackDbContext>("playback", postgres: true);

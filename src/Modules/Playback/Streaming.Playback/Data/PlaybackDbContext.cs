using Microsoft.EntityFrameworkCore;
using Streaming.Platform.Data;
using Streaming.Playback.Access;
using Streaming.Playback.Progress;
using Streaming.Playback.Sessions;

namespace Streaming.Playback.Data;

internal abstract class PlaybackDbContext(DbContextOptions options) : ModuleDbContext(options)
{
    public override string Module => "playback";

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<WatchProgress> Progress => Set<WatchProgress>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    protected override void BuildModel(ModelBuilder model) => model.ApplyConfigurationsFromAssembly(typeof(PlaybackDbContext).Assembly);
}

internal sealed class SqlitePlaybackDbContext(DbContextOptions<SqlitePlaybackDbContext> options) : PlaybackDbContext(options);

internal sealed class PostgresPlaybackDbContext(DbContextOptions<PostgresPlaybackDbContext> options) : PlaybackDbContext(options);

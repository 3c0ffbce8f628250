using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;
using Streaming.Platform.Consistency;
using Streaming.Platform.Outbox;

namespace Streaming.Platform.Data;

/// <summary>
/// A module's rows, with its inbox and outbox beside them. A module derives one abstract context that holds the model, and from
/// that two sealed ones, one a provider.
/// </summary>
public abstract class ModuleDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>The module's name; on PostgreSQL also the schema.</summary>
    public abstract string Module { get; }

    /// <summary>Events that leave with this transaction or not at all.</summary>
    public OutboxWriter Outbox => new(this);

    internal DbSet<OutboxMessage> OutboxMessages => Set<OutboxMessage>();

    internal DbSet<InboxEntry> InboxEntries => Set<InboxEntry>();

    /// <summary>The way of the request that uses it now, where there are several servers.</summary>
    internal RequestRoute? Route { get; set; }

    /// <summary>The copy that it reads; null for the primary.</summary>
    internal ClusterServer? Copy { get; set; }

    /// <summary>How it comes to the primary; null for the usual way.</summary>
    internal string? Connection { get; set; }

    /// <summary>The database of its module's own that its connection leads to; null for the installation's.</summary>
    internal string? Home { get; set; }

    /// <summary>It only reads, so it need not wait while its rows are being moved.</summary>
    internal bool IsReading { get; set; }

    /// <summary>It keeps the connection that it was given.</summary>
    internal bool IsDirect { get; set; }

    /// <summary>The name of the server that it came to last; null where none was asked.</summary>
    internal string? Answered { get; set; }

    /// <summary>Whether a commit was given up waiting for its standbys. PostgreSQL says so in a warning, and calls it a success.</summary>
    internal bool IsUnconfirmed { get; set; }

    internal void Hear(object sender, NpgsqlNoticeEventArgs said)
    {
        if (said.Notice is { InvariantSeverity: "WARNING", SqlState: PostgresErrorCodes.Warning or PostgresErrorCodes.AdminShutdown }) IsUnconfirmed = true;
    }

    /// <summary>The module's own tables.</summary>
    protected abstract void BuildModel(ModelBuilder model);

    /// <inheritdoc/>
    protected sealed override void OnModelCreating(ModelBuilder modelBuilder)
    {
        if (Database.IsNpgsql()) modelBuilder.HasDefaultSchema(Schema(Module));
        modelBuilder.Entity<OutboxMessage>(OutboxMessage.Map);
        modelBuilder.Entity<InboxEntry>(InboxEntry.Map);
        BuildModel(modelBuilder);
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite cannot order by an offset time, and milliseconds are what the API promises: UTC milliseconds on both.
        if (Database.IsSqlite()) configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();
        else configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTime>();
    }

    internal static string Schema(string module) => module.Replace('-', '_');

    private sealed class UtcMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), value => DateTimeOffset.FromUnixTimeMilliseconds(value));

    private sealed class UtcTime() : ValueConverter<DateTimeOffset, DateTimeOffset>(
        time => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()), value => value.ToUniversalTime());
}

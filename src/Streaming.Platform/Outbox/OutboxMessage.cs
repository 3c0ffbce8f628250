using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Platform.Outbox;

/// <summary>An event that has been decided and not yet been told to everybody.</summary>
internal sealed class OutboxMessage
{
    private const int LongestError = 1000;

    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Body { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How often it has failed.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>Since when it is kept without being tried any more, until an operator sends it again.</summary>
    public DateTimeOffset? ParkedAt { get; set; }

    public string? LastError { get; set; }

    public void Delivered(DateTimeOffset now) => (DeliveredAt, LastError) = (now, null);

    /// <summary>Waits and is tried again; after its last attempt it is parked, unless <paramref name="blameless"/>.</summary>
    public void Failed(string error, bool blameless, DateTimeOffset now, OutboxOptions options)
    {
        Attempts++;
        LastError = error.Length <= LongestError ? error : error[..LongestError];
        NotBefore = now + options.Wait(Attempts, Id);
        if (Attempts >= options.Attempts && !blameless) ParkedAt = now;
    }

    public static void Map(EntityTypeBuilder<OutboxMessage> entity)
    {
        entity.ToTable("outbox");
        entity.HasKey(m => m.Id);
        entity.Property(m => m.Id).ValueGeneratedNever();
        entity.Property(m => m.Type).HasMaxLength(200);
        entity.Property(m => m.LastError).HasMaxLength(LongestError);
        entity.HasIndex(m => new { m.DeliveredAt, m.Id });
        entity.HasIndex(m => m.ParkedAt);
    }
}

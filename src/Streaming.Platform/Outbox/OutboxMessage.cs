using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Platform.Outbox;

/// <summary>An event that has been decided and not yet been told to everybody.</summary>
internal sealed class OutboxMessage
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Body { get; init; }

    public required DateTimeOffset At { get; init; }

    public int Attempts { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    public static void Map(EntityTypeBuilder<OutboxMessage> entity)
    {
        entity.ToTable("outbox");
        entity.HasKey(m => m.Id);
        entity.Property(m => m.Id).ValueGeneratedNever();
        entity.Property(m => m.Type).HasMaxLength(200);
        entity.HasIndex(m => new { m.DeliveredAt, m.Id });
    }
}

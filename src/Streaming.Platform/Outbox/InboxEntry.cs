using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Platform.Outbox;

/// <summary>A message that a handler has dealt with: an order with its answer, or an event.</summary>
internal sealed class InboxEntry
{
    public required Guid MessageId { get; init; }

    public required string Handler { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>SHA-256 of body and account, in hexadecimal; empty for events.</summary>
    public required string BodyHash { get; init; }

    public string? Answer { get; set; }

    public static void Map(EntityTypeBuilder<InboxEntry> entity)
    {
        entity.ToTable("inbox");
        entity.HasKey(e => new { e.MessageId, e.Handler });
        entity.Property(e => e.Handler).HasMaxLength(200);
        entity.Property(e => e.BodyHash).HasMaxLength(64);
        entity.HasIndex(e => e.At);
    }
}

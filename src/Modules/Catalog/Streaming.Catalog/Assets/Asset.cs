using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Assets;

/// <summary>A source file turned into renditions. A new encode is a new revision; nothing of an older one is overwritten.</summary>
internal sealed class Asset
{
    public required Guid Id { get; init; }

    /// <summary>Of the source, in hexadecimal; the same file again becomes the same asset.</summary>
    public required string Sha256 { get; init; }

    public required int Revision { get; set; }

    public required double DurationSeconds { get; set; }

    public bool HasThumbnails { get; set; }

    /// <summary>The ingest that encodes it, also while that is paused; null when nobody does, and what is unfinished will stay so.</summary>
    public Guid? IngestId { get; set; }

    /// <summary>Whether every rendition of this revision is finished.</summary>
    public bool Complete { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class AssetConfiguration : IEntityTypeConfiguration<Asset>
{
    public void Configure(EntityTypeBuilder<Asset> builder)
    {
        builder.ToTable("asset");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Id).ValueGeneratedNever();
        builder.Property(a => a.Sha256).HasMaxLength(64);
        builder.HasIndex(a => a.Sha256).IsUnique();
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Assets;

/// <summary>A segment that is in the object store, validated, on the disk. Without a row it does not exist.</summary>
internal sealed class Segment
{
    public required Guid RenditionId { get; init; }

    /// <summary>From 0.</summary>
    public required int Number { get; init; }

    /// <summary>Decode time of the first sample, in the rendition's ticks.</summary>
    public required long Start { get; init; }

    /// <summary>In the rendition's ticks.</summary>
    public required long Duration { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>From the file's first byte to the end of the first sample.</summary>
    public required long KeyframeSizeBytes { get; init; }
}

internal sealed class SegmentConfiguration : IEntityTypeConfiguration<Segment>
{
    public void Configure(EntityTypeBuilder<Segment> builder)
    {
        builder.ToTable("segment");
        builder.HasKey(s => new { s.RenditionId, s.Number });
    }
}

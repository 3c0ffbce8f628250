using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Assets;

/// <summary>Subtitles as one WebVTT file in the object store.</summary>
internal sealed class TextTrack
{
    public required Guid AssetId { get; init; }

    public required int Revision { get; init; }

    /// <summary>File name without extension, such as <c>s0</c>.</summary>
    public required string Name { get; init; }

    public required string Language { get; init; }

    public required string Label { get; init; }

    public bool Forced { get; init; }
}

internal sealed class TextTrackConfiguration : IEntityTypeConfiguration<TextTrack>
{
    public void Configure(EntityTypeBuilder<TextTrack> builder)
    {
        builder.ToTable("text_track");
        builder.HasKey(t => new { t.AssetId, t.Revision, t.Name });
    }
}

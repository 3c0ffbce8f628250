using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Assets;

/// <summary>One rung of the ladder, or one audio track. A row exists as soon as its initialisation segment is committed.</summary>
internal sealed class Rendition
{
    public const string Video = "video";
    public const string Audio = "audio";

    public required Guid Id { get; init; }

    public required Guid AssetId { get; init; }

    public required int Revision { get; init; }

    /// <summary>Folder name, such as <c>v720</c> or <c>a0</c>.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="Video"/> or <see cref="Audio"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>RFC 6381.</summary>
    public required string Codec { get; init; }

    public required int Timescale { get; init; }

    /// <summary>Lowest rung first; for audio the order of the tracks.</summary>
    public required int Order { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public double FrameRate { get; init; }

    public string Language { get; init; } = "und";

    public string Label { get; init; } = "";

    public bool Default { get; init; }

    public int Channels { get; init; }

    public int SampleRate { get; init; }

    public bool Complete { get; set; }
}

internal sealed class RenditionConfiguration : IEntityTypeConfiguration<Rendition>
{
    public void Configure(EntityTypeBuilder<Rendition> builder)
    {
        builder.ToTable("rendition");
        builder.HasKey(r => r.Id);
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.HasIndex(r => new { r.AssetId, r.Revision, r.Name }).IsUnique();
    }
}

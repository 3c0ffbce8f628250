using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Discards;

/// <summary>Something in the object store that nothing refers to any more, until it is deleted or somebody refers to it again.</summary>
internal sealed class Discard
{
    /// <summary>Of an object or of a folder.</summary>
    public required string Key { get; init; }

    /// <summary>When it was first found so; it may have been so for longer, never shorter.</summary>
    public required DateTimeOffset Since { get; init; }
}

internal sealed class DiscardConfiguration : IEntityTypeConfiguration<Discard>
{
    public void Configure(EntityTypeBuilder<Discard> builder)
    {
        builder.ToTable("discard");
        builder.HasKey(d => d.Key);
        builder.Property(d => d.Key).HasMaxLength(300);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Demo;

/// <summary>A demo film that this catalogue was promised; it stays after the film has gone, so that nothing is made twice.</summary>
internal sealed class DemoEntry
{
    public required string Key { get; init; }

    /// <summary>From 0, the order in which they are made.</summary>
    public required int Order { get; init; }

    public required Guid TitleId { get; init; }

    /// <summary>For an episode.</summary>
    public required Guid? SeriesId { get; init; }

    /// <summary>Whether its file has been handed to the ingest.</summary>
    public bool HandedOver { get; set; }
}

internal sealed class DemoEntryConfiguration : IEntityTypeConfiguration<DemoEntry>
{
    public void Configure(EntityTypeBuilder<DemoEntry> builder)
    {
        builder.ToTable("demo_film");
        builder.HasKey(e => e.Key);
        builder.Property(e => e.Key).HasMaxLength(60);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Titles;

/// <summary>One version of a title's metadata. It never changes: partition key the title, clustering key the version.</summary>
internal sealed class TitleMetadata
{
    public const int MaxName = TitleLimits.Name;
    public const int MaxSynopsis = TitleLimits.Synopsis;

    public required Guid TitleId { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public required string Name { get; init; }

    public required string Synopsis { get; init; }

    public required int? Year { get; init; }

    public required string[] Genres { get; init; }

    public required string[] Cast { get; init; }

    public required int Maturity { get; init; }

    /// <summary>Hash of the artwork's file; null for none.</summary>
    public required string? Artwork { get; init; }

    public required DateTimeOffset? AvailableFrom { get; init; }

    public required DateTimeOffset? AvailableUntil { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The account; null for the system.</summary>
    public required Guid? By { get; init; }

    public TitleContent Content => new()
    {
        Name = Name,
        Synopsis = Synopsis,
        Year = Year,
        Genres = Genres,
        Cast = Cast,
        Maturity = Maturity,
        Artwork = Artwork,
        AvailableFrom = AvailableFrom,
        AvailableUntil = AvailableUntil,
    };

    public static TitleMetadata Of(Guid title, int version, TitleContent content, DateTimeOffset at, Guid? by) => new()
    {
        TitleId = title,
        Version = version,
        Name = content.Name,
        Synopsis = content.Synopsis,
        Year = content.Year,
        Genres = [.. content.Genres],
        Cast = [.. content.Cast],
        Maturity = content.Maturity,
        Artwork = content.Artwork,
        AvailableFrom = content.AvailableFrom,
        AvailableUntil = content.AvailableUntil,
        At = at,
        By = by,
    };

    /// <summary>Names of the members in which two versions differ, as they stand in answers.</summary>
    public static IEnumerable<string> Differences(TitleContent one, TitleContent other)
    {
        if (one.Name != other.Name) yield return "name";
        if (one.Synopsis != other.Synopsis) yield return "synopsis";
        if (one.Year != other.Year) yield return "year";
        if (!one.Genres.SequenceEqual(other.Genres)) yield return "genres";
        if (!one.Cast.SequenceEqual(other.Cast)) yield return "cast";
        if (one.Maturity != other.Maturity) yield return "maturity";
        if (one.Artwork != other.Artwork) yield return "artwork";
        if (one.AvailableFrom != other.AvailableFrom) yield return "availableFrom";
        if (one.AvailableUntil != other.AvailableUntil) yield return "availableUntil";
    }
}

internal sealed class TitleMetadataConfiguration : IEntityTypeConfiguration<TitleMetadata>
{
    public void Configure(EntityTypeBuilder<TitleMetadata> builder)
    {
        builder.ToTable("title_metadata");
        builder.HasKey(m => new { m.TitleId, m.Version });
        builder.Property(m => m.Version).ValueGeneratedNever();
        builder.Property(m => m.Name).HasMaxLength(TitleMetadata.MaxName);
        builder.Property(m => m.Synopsis).HasMaxLength(TitleMetadata.MaxSynopsis);
        builder.Property(m => m.Artwork).HasMaxLength(64);
        builder.Ignore(m => m.Content);
    }
}

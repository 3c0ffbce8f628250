using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Titles;

/// <summary>A genre of the version that viewers see, as a row, so that an index finds the titles of a genre.</summary>
internal sealed class TitleGenre
{
    public const int MaxLength = 40;

    public required string Genre { get; init; }

    public required Guid TitleId { get; init; }
}

internal sealed class TitleGenreConfiguration : IEntityTypeConfiguration<TitleGenre>
{
    public void Configure(EntityTypeBuilder<TitleGenre> builder)
    {
        builder.ToTable("title_genre");
        builder.HasKey(g => new { g.Genre, g.TitleId });
        builder.Property(g => g.Genre).HasMaxLength(TitleGenre.MaxLength);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Recommendations.Publishing;

/// <summary>A title that viewers have been able to see since a time. Whether this viewer may see it is the catalogue's to say.</summary>
internal sealed class PublishedTitle
{
    /// <summary>Of what is cached and was made from published titles.</summary>
    public const string Tag = "recommendations:published";

    public required Guid TitleId { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<PublishedTitle>
    {
        public void Configure(EntityTypeBuilder<PublishedTitle> entity)
        {
            entity.ToTable("published_title");
            entity.HasKey(t => t.TitleId);
            entity.Property(t => t.TitleId).ValueGeneratedNever();
            entity.HasIndex(t => t.PublishedAt).IsDescending();
        }
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Titles;

/// <summary>What decides whether somebody may see a title at all.</summary>
internal interface IScreening
{
    int? PublishedVersion { get; }

    int Maturity { get; }

    DateTimeOffset? AvailableFrom { get; }

    DateTimeOffset? AvailableUntil { get; }
}

/// <summary>
/// A second look at the table of titles, for the filter of titles to ask about a title's series and episodes; a filter that asked
/// titles themselves would filter without end.
/// </summary>
internal sealed class Screening : IScreening
{
    public Guid Id { get; private init; }

    public Guid? SeriesId { get; private init; }

    public int? PublishedVersion { get; private init; }

    public int Maturity { get; private init; }

    public DateTimeOffset? AvailableFrom { get; private init; }

    public DateTimeOffset? AvailableUntil { get; private init; }
}

internal sealed class ScreeningConfiguration : IEntityTypeConfiguration<Screening>
{
    public void Configure(EntityTypeBuilder<Screening> builder) => builder.ToView(TitleConfiguration.Table).HasNoKey();
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Streaming.Kernel;

namespace Streaming.Catalog.Titles;

/// <summary>
/// A film, a series or an episode. Every edit is a new version; what viewers see is the version published last. Load it for
/// writing with <see cref="TitleWriting.TitleForWriting"/>.
/// </summary>
internal sealed class Title : IScreening
{
    private readonly List<TitleMetadata> _versions = [];
    private readonly List<TitleGenre> _genres = [];

    private Title()
    {
    }

    public Guid Id { get; private init; }

    /// <summary>One of <see cref="TitleKinds"/>.</summary>
    public string Kind { get; private init; } = TitleKinds.Film;

    public Guid? SeriesId { get; private init; }

    public int? Season { get; private init; }

    public int? Episode { get; private init; }

    /// <summary>The version that an edit starts from.</summary>
    public int Version { get; private set; }

    /// <summary>The version that viewers see; null for a draft.</summary>
    public int? PublishedVersion { get; private set; }

    public Guid? AssetId { get; private set; }

    /// <summary>Hash of a picture taken from the video, shown where nobody chose artwork; null for none.</summary>
    public string? Poster { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    // What is filtered and sorted by, copied from the version that viewers see; while there is none, from the current one.
    public string Name { get; private set; } = "";

    /// <summary>The name as it is sorted and searched by, see <see cref="FoldedText"/>.</summary>
    public string SortName { get; private set; } = "";

    public int Maturity { get; private set; }

    public DateTimeOffset? AvailableFrom { get; private set; }

    public DateTimeOffset? AvailableUntil { get; private set; }

    public IReadOnlyList<TitleGenre> Genres => _genres;

    public IReadOnlyList<TitleMetadata> Versions => _versions;

    public TitleMetadata Current => _versions.Single(v => v.Version == Version);

    /// <summary>A new title that only publishers see.</summary>
    /// <param name="kind">One of <see cref="TitleKinds"/>.</param>
    /// <param name="place">Where an episode stands; null for the others.</param>
    /// <param name="content">Version 1.</param>
    /// <param name="at">Now.</param>
    /// <param name="by">The account; null for the system.</param>
    /// <param name="id">An id that was promised before; null for a new one.</param>
    public static Result<Title> Draft(string kind, EpisodePlace? place, TitleContent content, DateTimeOffset at, Guid? by, Guid? id = null)
    {
        if (kind is not (TitleKinds.Film or TitleKinds.Series or TitleKinds.Episode))
            return Error.Invalid("kind", "A title is a film, a series or an episode.");
        if (kind == TitleKinds.Episode != place is not null)
            return Error.Invalid("seriesId", "An episode, and nothing else, names its series, season and number.");

        var title = new Title
        {
            Id = id ?? Guid.CreateVersion7(at),
            Kind = kind,
            SeriesId = place?.SeriesId,
            Season = place?.Season,
            Episode = place?.Episode,
            CreatedAt = at,
        };
        title.Write(content, at, by);
        return title;
    }

    /// <summary>Writes a new version; without any difference there is none. Viewers see it once it is published.</summary>
    /// <param name="expectedVersion">The version that the edit is based on; null for whichever is current.</param>
    /// <param name="content">The new version.</param>
    /// <param name="at">Now.</param>
    /// <param name="by">The account; null for the system.</param>
    public Result<TitleMetadata> Edit(int? expectedVersion, TitleContent content, DateTimeOffset at, Guid? by)
    {
        if (Outdated(expectedVersion) is { } stale) return stale;
        if (TitleMetadata.Differences(Current.Content, content).Any()) Write(content, at, by);
        return Current;
    }

    /// <summary>Makes the current version the one that viewers see.</summary>
    /// <param name="expectedVersion">The version meant; null for whichever is current.</param>
    /// <param name="playable">Whether there is something to play, see <see cref="Playability"/>; a series needs nothing.</param>
    public Result<TitlePublished> Publish(int? expectedVersion, bool playable)
    {
        if (Outdated(expectedVersion) is { } stale) return stale;
        if (Kind != TitleKinds.Series && !playable)
            return Error.Conflict("catalog:not-publishable", "There is nothing to play yet. Upload its video first and wait until it is playable.");

        PublishedVersion = Version;
        Show(Current);
        return new TitlePublished(Id, Version);
    }

    /// <summary>Hides the title from viewers; its versions stay.</summary>
    /// <param name="expectedVersion">The version meant; null for whichever is current.</param>
    public Result<TitleUnpublished> Unpublish(int? expectedVersion)
    {
        if (Outdated(expectedVersion) is { } stale) return stale;
        PublishedVersion = null;
        Show(Current);
        return new TitleUnpublished(Id);
    }

    /// <summary>Names the asset that is played. Whether it can be played yet is not kept but seen from its segments.</summary>
    public Result<Title> AttachAsset(Guid assetId)
    {
        if (Kind == TitleKinds.Series)
            return Error.Conflict("catalog:series-has-no-video", "A series has no video of its own. Make an episode and add the video to it.");
        AssetId = assetId;
        return this;
    }

    /// <summary>Takes a picture from the video, kept like artwork. It is no edit: nobody's work on the title is disturbed.</summary>
    public void UsePoster(string hash) => Poster = hash;

    private Error? Outdated(int? expectedVersion) => expectedVersion is { } expected && expected != Version ? Error.Stale(Version) : null;

    private void Write(TitleContent content, DateTimeOffset at, Guid? by)
    {
        Version++;
        _versions.Add(TitleMetadata.Of(Id, Version, content, at, by));
        if (PublishedVersion is null) Show(Current);
    }

    private void Show(TitleMetadata version)
    {
        (Name, SortName, Maturity) = (version.Name, FoldedText.Of(version.Name), version.Maturity);
        (AvailableFrom, AvailableUntil) = (version.AvailableFrom, version.AvailableUntil);
        _genres.RemoveAll(g => !version.Genres.Contains(g.Genre));
        _genres.AddRange(version.Genres.Except(_genres.Select(g => g.Genre)).Select(genre => new TitleGenre { Genre = genre, TitleId = Id }));
    }
}

/// <summary>Where an episode stands.</summary>
internal sealed record EpisodePlace(Guid SeriesId, int Season, int Episode);

internal sealed class TitleConfiguration : IEntityTypeConfiguration<Title>
{
    public const string Table = "title";

    public void Configure(EntityTypeBuilder<Title> builder)
    {
        builder.ToTable(Table);
        builder.HasKey(t => t.Id);
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Kind).HasMaxLength(10);
        builder.Property(t => t.Version).IsConcurrencyToken();
        builder.Property(t => t.Name).HasMaxLength(TitleMetadata.MaxName);
        builder.Property(t => t.SortName).HasMaxLength(2 * TitleMetadata.MaxName);
        builder.Property(t => t.Poster).HasMaxLength(64);
        builder.Ignore(t => t.Current);
        builder.HasMany(t => t.Versions).WithOne().HasForeignKey(m => m.TitleId);
        builder.HasMany(t => t.Genres).WithOne().HasForeignKey(g => g.TitleId);
        builder.HasIndex(t => new { t.SortName, t.Id });
        builder.HasIndex(t => new { t.SeriesId, t.Season, t.Episode }).IsUnique();
        builder.HasIndex(t => t.AssetId);
    }
}

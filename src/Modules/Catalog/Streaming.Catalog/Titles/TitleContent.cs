namespace Streaming.Catalog.Titles;

/// <summary>What people write about a title. A version of its metadata is this and who wrote it when.</summary>
internal sealed record TitleContent
{
    public required string Name { get; init; }

    public string Synopsis { get; init; } = "";

    public int? Year { get; init; }

    public IReadOnlyList<string> Genres { get; init; } = [];

    public IReadOnlyList<string> Cast { get; init; } = [];

    public int Maturity { get; init; }

    /// <summary>Hash of the artwork's file; null for none.</summary>
    public string? Artwork { get; init; }

    public DateTimeOffset? AvailableFrom { get; init; }

    public DateTimeOffset? AvailableUntil { get; init; }
}

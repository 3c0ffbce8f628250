using System.Text.Json;
using System.Text.Json.Serialization;
using MediatR;
using Microsoft.AspNetCore.Http;
using Streaming.Kernel;
using Streaming.Platform.Http;

namespace Streaming.Catalog.Titles;

/// <summary>A title over HTTP: flat, so that what was read can be changed and sent back.</summary>
internal sealed record TitleResource(
    Guid Id, string Kind, string State, int Version, int? PublishedVersion, Guid? SeriesId, int? Season, int? Episode,
    string Name, string Synopsis, int? Year, IReadOnlyList<string> Genres, IReadOnlyList<string> Cast, int Maturity,
    DateTimeOffset? AvailableFrom, DateTimeOffset? AvailableUntil, string? Artwork, bool Playable, double? DurationSeconds,
    IReadOnlyList<TitleCard> Episodes, IReadOnlyList<TrackView> Audio, IReadOnlyList<TrackView> Subtitles)
{
    public static TitleResource Of(TitleDetails title) => new(
        title.Card.Id, title.Card.Kind, title.Card.State, title.Version, title.PublishedVersion,
        title.Card.SeriesId, title.Card.Season, title.Card.Episode,
        title.Card.Name, title.Card.Synopsis, title.Card.Year, title.Card.Genres, title.Cast, title.Card.Maturity,
        title.AvailableFrom, title.AvailableUntil, title.Card.Artwork, title.Card.Playable, title.Card.DurationSeconds,
        title.Episodes, title.Audio, title.Subtitles);

    /// <summary>200 with the title as the caller sees it now, or what is made of it.</summary>
    public static async Task<IResult> Answer(
        IMediator mediator, Guid id, HttpResponse response, CancellationToken cancellationToken, Func<TitleResource, IResult>? answer = null) =>
        (await mediator.Send(new GetTitle(id), cancellationToken)).ToHttp(title =>
        {
            response.SetVersion(title.Version);
            return (answer ?? TypedResults.Ok)(Of(title));
        });
}

/// <summary>What is sent to write a title. Members that are left out are emptied.</summary>
internal record TitleBody
{
    private static readonly Spelling Members = new(
        ["name", "synopsis", "year", "genres", "cast", "maturity", "availableFrom", "availableUntil", "kind", "seriesId", "season", "episode"],
        new Dictionary<string, string> { ["title"] = "name", ["description"] = "synopsis", ["actors"] = "cast", ["ageRating"] = "maturity" });

    private static readonly string[] ReadOnlyMembers =
        [.. typeof(TitleResource).GetProperties().Select(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name))];

    public string? Name { get; init; }

    public string? Synopsis { get; init; }

    public int? Year { get; init; }

    public IReadOnlyList<string>? Genres { get; init; }

    public IReadOnlyList<string>? Cast { get; init; }

    public int Maturity { get; init; }

    public DateTimeOffset? AvailableFrom { get; init; }

    public DateTimeOffset? AvailableUntil { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    [JsonIgnore]
    public TitleContent Content => new()
    {
        Name = Name?.Trim() ?? "",
        Synopsis = Synopsis?.Trim() ?? "",
        Year = Year,
        Genres = Genres ?? [],
        Cast = Cast ?? [],
        Maturity = Maturity,
        AvailableFrom = AvailableFrom,
        AvailableUntil = AvailableUntil,
    };

    [JsonIgnore]
    public Error? Mistakes => Members.Mistakes(Others?.Keys, ReadOnlyMembers);
}

/// <summary>What is sent to begin a title; kind and place do not change afterwards.</summary>
internal sealed record NewTitleBody : TitleBody
{
    public string Kind { get; init; } = TitleKinds.Film;

    public Guid? SeriesId { get; init; }

    public int? Season { get; init; }

    public int? Episode { get; init; }

    [JsonIgnore]
    public EpisodePlace? Place =>
        SeriesId is null && Season is null && Episode is null ? null : new EpisodePlace(SeriesId ?? Guid.Empty, Season ?? 0, Episode ?? 0);
}

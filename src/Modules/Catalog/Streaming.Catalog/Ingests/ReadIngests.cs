using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;

namespace Streaming.Catalog.Ingests;

/// <summary>Ingests as answers have them.</summary>
internal static class ReadIngests
{
    public static async Task<IReadOnlyList<IngestView>> Views(
        this CatalogDbContext db, IQueryable<Ingest> ingests, IngestActivity activity, SourceFiles files, CancellationToken ct)
    {
        var rows = await (
            from ingest in ingests.AsNoTracking()
            join title in db.Titles.IgnoreQueryFilters() on ingest.TitleId equals title.Id into titles
            from title in titles.DefaultIfEmpty()
            select new
            {
                Ingest = ingest,
                Title = title == null ? null : title.Name,
                TitleState = title == null ? null : title.PublishedVersion == null ? TitleStates.Draft : TitleStates.Published,
                Artwork = db.TitleMetadata.Where(m => m.TitleId == ingest.TitleId && m.Version == title!.Version).Select(m => m.Artwork).FirstOrDefault() ?? title!.Poster,
            }).ToListAsync(ct);
        return [.. rows.Select(r => View(r.Ingest, r.Title, r.TitleState, r.Artwork, files, activity.Find(r.Ingest.Id)))];
    }

    private static IngestView View(Ingest ingest, string? title, string? titleState, string? artwork, SourceFiles files, RunningIngest? running)
    {
        var encode = ingest.State is IngestState.EncodingBase or IngestState.EncodingFull ? running?.Encode : null;
        var progress = encode is null ? ingest.Progress : Math.Max(ingest.Progress, running!.Progress);
        return new IngestView(
            ingest.Id, ingest.TitleId, title ?? ingest.TitleName, ingest.FileName, ingest.SizeBytes, ingest.State.Name(), Text(ingest, files),
            Math.Round(progress, 4), encode is { Speed: > 0 } ? encode.Value.Speed : null, Eta(running, encode?.Speed),
            artwork is null ? null : Titles.ArtworkAddress.Of(ingest.TitleId, artwork),
            ingest.FailureCode is { } code ? new IngestFailure(code, ingest.FailureMessage!, ingest.FailureRetryable) : null,
            ingest.Actions, ingest.CreatedAt, titleState);
    }

    private static string Text(Ingest ingest, SourceFiles files) => ingest switch
    {
        { Waiting: true } => "Waiting: the same file is being encoded already",
        { State: IngestState.Receiving } => string.Create(CultureInfo.InvariantCulture, $"Receiving, {(int)(100.0 * files.LengthOf(ingest.Id) / Math.Max(1, ingest.SizeBytes))} % of {ByteText.Of(ingest.SizeBytes)}"),
        { State: IngestState.Verifying, Owner: null } => "Waiting for its turn",
        { State: IngestState.Verifying } => "Checking the file",
        { State: IngestState.Probed } => "Checked, about to be encoded",
        { State: IngestState.EncodingBase } => "Encoding the first quality",
        { State: IngestState.Playable } => "Playable, better qualities follow",
        { State: IngestState.EncodingFull } => "Playable, encoding the better qualities",
        { State: IngestState.Finalising } => "Playable, finishing",
        { State: IngestState.Ready } => "Ready",
        { State: IngestState.Paused } => "Paused until there is room on the disk",
        { State: IngestState.Failed } => "Failed",
        { State: IngestState.Rejected } => "Refused",
        { State: IngestState.Cancelled } => "Cancelled",
        _ => "Being deleted",
    };

    private static double? Eta(RunningIngest? running, double? speed)
    {
        if (running is null || speed is not > 0 || running.Share.To <= running.Share.From) return null;
        var step = running.Duration.TotalSeconds / speed.Value;
        // Later steps go at the speed of this one, as far as their shares are right.
        var later = step * (1 - running.Share.To) / (running.Share.To - running.Share.From);
        return Math.Round((running.Left.TotalSeconds / speed.Value) + later, 1);
    }
}

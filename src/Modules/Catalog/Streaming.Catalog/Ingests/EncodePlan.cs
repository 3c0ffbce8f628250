using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Assets;
using Streaming.Catalog.Data;
using Streaming.Catalog.Media;

namespace Streaming.Catalog.Ingests;

/// <summary>What a revision has on rows already, and so what is left to encode.</summary>
internal sealed class EncodePlan(ProbedSource source, IReadOnlyList<Rung> ladder, IReadOnlyDictionary<string, EncodePlan.Track> tracks)
{
    // No segment begins in the last half second, see EncodeCommand: nearer to the end than that is the end.
    private const double Tail = 0.55;

    public Rung Base => ladder[0];

    public IReadOnlyList<Rung> Upper => [.. ladder.Skip(1)];

    public IReadOnlyList<VideoTarget> Missing(IEnumerable<Rung> rungs) =>
        [.. rungs.Where(r => !IsEncoded(r.Name)).Select(r => new VideoTarget(r, tracks.GetValueOrDefault(r.Name)?.Segments ?? 0))];

    public IReadOnlyList<AudioTarget> MissingAudio =>
        [.. source.Audio.Select((track, i) => new AudioTarget(AudioName(i), track, tracks.GetValueOrDefault(AudioName(i))?.Segments ?? 0))
            .Where(target => tracks.GetValueOrDefault(target.Name)?.Complete != true)];

    public static string AudioName(int index) => $"a{index}";

    /// <summary>The share of the whole encoding that the lowest rung takes: pixels, and decoding as if it were a small rung.</summary>
    public double BaseShare
    {
        get
        {
            double Cost(Rung rung) => ((double)rung.Width * rung.Height) + (0.2 * source.Video.Width * source.Video.Height / ladder.Count);
            return 0.98 * Cost(Base) / ladder.Sum(Cost);
        }
    }

    public static async Task<EncodePlan> Of(CatalogDbContext db, Asset asset, ProbedSource source, IReadOnlyList<Rung> ladder, CancellationToken ct)
    {
        var rows = await db.Renditions.AsNoTracking().Where(r => r.AssetId == asset.Id && r.Revision == asset.Revision)
            .Select(r => new
            {
                r.Name,
                r.Timescale,
                r.Complete,
                Segments = db.Segments.Count(s => s.RenditionId == r.Id),
                End = db.Segments.Where(s => s.RenditionId == r.Id).Max(s => (long?)(s.Start + s.Duration)) ?? 0,
            })
            .ToListAsync(ct);
        return new EncodePlan(source, ladder, rows.ToDictionary(r => r.Name, r => new Track(r.Segments, (double)r.End / r.Timescale, r.Complete)));
    }

    private bool IsEncoded(string name) =>
        tracks.GetValueOrDefault(name) is { } track && (track.Complete || (track.Segments > 0 && source.Video.Duration.TotalSeconds - track.End < Tail));

    internal sealed record Track(int Segments, double End, bool Complete);
}

using System.Globalization;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Catalog;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Playback.Manifests;

namespace Streaming.ModuleTests.Playback.Manifests;

/// <summary>What holds for the manifests of any rows.</summary>
internal sealed class ManifestLawTests
{
    private const int Timescale = 90_000;

    /// <summary>Segments up to 5.4 s long, as the encoder cuts them, of any size.</summary>
    private static readonly Gen<MediaSegment[]> Rows = Gen.Choose(1, 486_000)
        .SelectMany(_ => Gen.Choose(1, 2_000_000), (duration, bytes) => (duration, bytes))
        .NonEmptyListOf()
        .Select(list => list.Select((s, i) => new MediaSegment(i, list.Take(i).Sum(x => (long)x.duration), s.duration, s.bytes, (s.bytes / 10) + 1)).ToArray());

    [Test]
    public void Durations_add_up_to_the_whole() => Check(rows =>
        Math.Abs(Durations(Media(rows, true)).Sum() - ((decimal)rows.Sum(s => s.Duration) / Timescale)) <= 0.000001m * rows.Length);

    [Test]
    public void A_playlist_only_appends_while_it_grows() => Check(rows => Enumerable.Range(1, rows.Length - 1).All(known =>
        Media(rows[..(known + 1)], false).StartsWith(Media(rows[..known], false), StringComparison.Ordinal)));

    [Test]
    public void Finishing_only_appends_the_end() => Check(rows => Media(rows, true) == Media(rows, false) + "#EXT-X-ENDLIST\n");

    [Test]
    public void No_segment_lasts_longer_than_the_target_duration() => Check(rows => Durations(Media(rows, true))
        .All(d => Math.Round(d, MidpointRounding.AwayFromZero) <= HlsMediaPlaylist.TargetDuration(Timescale, rows)));

    [Test]
    public void The_peak_is_no_less_than_the_average_and_no_more_than_the_heaviest_segment() => Check(rows =>
        BitRate.Peak(Timescale, rows) is var peak
        && peak <= rows.Max(s => (long)Math.Ceiling(s.SizeBytes * 8m * Timescale / s.Duration))
        && (rows.Any(s => s.Duration < Timescale * 5 / 2) || peak >= BitRate.Average(Timescale, rows)));

    [Test]
    public void The_timeline_of_the_mpd_is_the_rows() => Check(rows =>
    {
        var film = Samples.Film() with { Audio = [], Subtitles = [], Video = [Samples.Film().Video[0] with { Timescale = Timescale, Segments = rows }] };
        var template = XDocument.Parse(DashManifest.Write(film, default)).Descendants().Single(e => e.Name.LocalName == "SegmentTemplate");
        return ManifestTests.Expand(template).SequenceEqual(rows.Select(s => (s.Number, s.Start, s.Duration)));
    });

    [Test]
    public void An_iframe_playlist_has_one_entry_a_segment_inside_it() => Check(rows =>
    {
        var lines = HlsIframePlaylist.Write(Timescale, true, rows).Split('\n');
        return rows.All(s => s.KeyframeSizeBytes <= 0 || lines.Contains($"#EXT-X-BYTERANGE:{s.KeyframeSizeBytes}@0")) && Durations(string.Join('\n', lines)).Count() == rows.Length;
    });

    private static void Check(Func<MediaSegment[], bool> law) => Prop.ForAll(Rows.ToArbitrary(), law).QuickCheckThrowOnFailure();

    private static string Media(IReadOnlyList<MediaSegment> rows, bool complete) => HlsMediaPlaylist.Write(Timescale, complete, rows);

    private static IEnumerable<decimal> Durations(string playlist) => playlist.Split('\n')
        .Where(l => l.StartsWith("#EXTINF:", StringComparison.Ordinal))
        .Select(l => decimal.Parse(l["#EXTINF:".Length..].TrimEnd(','), CultureInfo.InvariantCulture));
}

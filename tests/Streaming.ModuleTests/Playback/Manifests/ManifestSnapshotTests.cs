using Snapshooter.NUnit;
using Streaming.Catalog;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Playback.Manifests;

namespace Streaming.ModuleTests.Playback.Manifests;

/// <summary>Every kind of manifest, word for word; a change shows itself in review.</summary>
internal sealed class ManifestSnapshotTests
{
    private static readonly DateTimeOffset ReadAt = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_multivariant_playlist_of_a_finished_film() =>
        Snapshot.Match(HlsMultivariantPlaylist.Write(Samples.Film()), "master-finished");

    [Test]
    public void A_multivariant_playlist_while_the_lowest_rung_grows() =>
        Snapshot.Match(HlsMultivariantPlaylist.Write(Samples.Film(complete: false)), "master-growing");

    [Test]
    public void A_multivariant_playlist_without_sound_and_subtitles() =>
        Snapshot.Match(HlsMultivariantPlaylist.Write(Samples.Film() with { Audio = [], Subtitles = [] }), "master-silent");

    [Test]
    public void A_multivariant_playlist_of_sound_alone() =>
        Snapshot.Match(HlsMultivariantPlaylist.Write(Samples.Film() with { Video = [], Subtitles = [] }), "master-sound");

    [Test]
    public void A_media_playlist_of_a_finished_rung() => Snapshot.Match(Media(Samples.Film()), "media-finished");

    [Test]
    public void A_media_playlist_of_a_growing_rung() => Snapshot.Match(Media(Samples.Film(complete: false)), "media-growing");

    [Test]
    public void An_iframe_playlist()
    {
        var rung = Samples.Film().Video[0];
        Snapshot.Match(HlsIframePlaylist.Write(rung.Timescale, rung.Complete, rung.Segments), "iframes");
    }

    [Test]
    public void A_subtitle_playlist() => Snapshot.Match(HlsSubtitlePlaylist.Write("s0", 22.5), "subtitles");

    [Test]
    public void An_mpd_of_a_finished_film() => Snapshot.Match(DashManifest.Write(Samples.Film(), ReadAt), "mpd-finished");

    [Test]
    public void An_mpd_while_the_lowest_rung_grows() => Snapshot.Match(DashManifest.Write(Samples.Film(complete: false), ReadAt), "mpd-growing");

    private static string Media(Presentation film) =>
        HlsMediaPlaylist.Write(film.Video[0].Timescale, film.Video[0].Complete, film.Video[0].Segments);
}

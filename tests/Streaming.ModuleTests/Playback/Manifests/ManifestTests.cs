using System.Text.RegularExpressions;
using System.Xml.Linq;
using Streaming.Catalog;
using Streaming.ModuleTests.Playback.Fixtures;
using Streaming.Playback.Manifests;

namespace Streaming.ModuleTests.Playback.Manifests;

internal sealed class ManifestTests
{
    [Test]
    public void Names_in_a_group_are_unique_and_cannot_break_out_of_their_quotes()
    {
        var film = Samples.Film() with
        {
            Audio =
            [
                Samples.Track("a0", "und", "Au\"dio\n#EXT-X-ENDLIST", false, 6, true),
                Samples.Track("a1", "und", "Au\"dio\n#EXT-X-ENDLIST", false, 6, true),
            ],
        };

        var audio = HlsMultivariantPlaylist.Write(film).Split('\n').Where(l => l.StartsWith("#EXT-X-MEDIA:TYPE=AUDIO", StringComparison.Ordinal)).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(audio[0], Does.Contain("NAME=\"Au'dio#EXT-X-ENDLIST\",DEFAULT=YES,AUTOSELECT=YES"));
            Assert.That(audio[1], Does.Contain("NAME=\"Au'dio#EXT-X-ENDLIST (2)\",DEFAULT=NO,AUTOSELECT=NO"));
            Assert.That(audio, Has.None.Contains("LANGUAGE"));
        });
    }

    [Test]
    public void A_rung_that_still_grows_is_not_listed_beside_a_finished_one()
    {
        var film = Samples.Film() with { Complete = false, Video = [Samples.Rung(240, 426, 300_000, 6, true), Samples.Rung(720, 1280, 2_500_000, 2, false)] };

        Assert.Multiple(() =>
        {
            Assert.That(HlsMultivariantPlaylist.Write(film), Does.Contain("v240/index.m3u8").And.Not.Contain("v720"));
            Assert.That(DashManifest.Write(film, default), Does.Contain("\"v240\"").And.Not.Contain("v720"));
        });
    }

    [Test]
    public void Players_start_with_the_best_rung_that_any_line_carries()
    {
        var slow = Samples.Film() with { Video = [Samples.Rung(480, 854, 1_900_000, 6, true), Samples.Rung(720, 1280, 2_500_000, 6, true)] };

        Assert.Multiple(() =>
        {
            Assert.That(Variants(Samples.Film()), Is.EqualTo(new[] { "v240", "v480", "v720" }));
            Assert.That(Variants(Samples.Film() with { Video = [Samples.Rung(240, 426, 200_000, 6, true), Samples.Rung(360, 640, 600_000, 6, true)] }), Is.EqualTo(new[] { "v360", "v240" }));
            Assert.That(Variants(slow), Is.EqualTo(new[] { "v480", "v720" }));
        });
    }

    [Test]
    public void A_short_heavy_tail_does_not_count_as_a_peak() => Assert.Multiple(() =>
    {
        // 4 s of 4,000 bytes, 4 s of 6,000, then half a second of 5,000 (80 kbit/s alone, 19.6 kbit/s with its neighbour).
        MediaSegment[] segments = [new(0, 0, 400, 4_000, 1), new(1, 400, 400, 6_000, 1), new(2, 800, 50, 5_000, 1)];
        Assert.That(BitRate.Peak(100, segments), Is.EqualTo(19_556));
        Assert.That(BitRate.Average(100, segments), Is.EqualTo(14_118));
        Assert.That(BitRate.Peak(100, [segments[2]]), Is.EqualTo(80_000), "alone it is all there is");
    });

    [TestCase(24, "24")]
    [TestCase(30000.0 / 1001, "30000/1001")]
    [TestCase(23.976, "24000/1001")]
    [TestCase(12.5, "12500/1000")]
    public void Frame_rates_are_written_as_whole_numbers_or_fractions(double rate, string written)
    {
        var film = Samples.Film() with { Video = [Samples.Film().Video[0] with { FrameRate = rate }] };
        Assert.That(DashManifest.Write(film, default), Does.Contain($"frameRate=\"{written}\""));
    }

    [Test]
    public void The_segments_of_the_mpd_are_those_of_the_rows()
    {
        MediaSegment[] uneven = [new(0, 1001, 4004, 10, 1), new(1, 5005, 4004, 10, 1), new(2, 9009, 3003, 10, 1), new(3, 20_000, 4004, 10, 1)];
        var film = Samples.Film() with { Video = [Samples.Film().Video[0] with { Timescale = 1000, Segments = uneven }] };

        var template = XDocument.Parse(DashManifest.Write(film, default)).Descendants().First(e => e.Name.LocalName == "SegmentTemplate");

        Assert.That(Expand(template), Is.EqualTo(uneven.Select(s => (s.Number, s.Start, s.Duration))));
    }

    [Test]
    public void Codecs_of_different_families_are_not_mixed_in_one_adaptation_set()
    {
        var film = Samples.Film() with { Video = [Samples.Film().Video[0], Samples.Film().Video[1] with { Codec = "av01.0.04M.08" }] };
        var sets = XDocument.Parse(DashManifest.Write(film, default)).Descendants()
            .Where(e => e.Name.LocalName == "AdaptationSet" && (string?)e.Attribute("contentType") == "video");
        Assert.That(sets.Count(), Is.EqualTo(2));
    }

    public static IEnumerable<(int Number, long Start, long Duration)> Expand(XElement template)
    {
        var number = (int)template.Attribute("startNumber")!;
        long at = 0;
        foreach (var run in template.Descendants().Where(e => e.Name.LocalName == "S"))
        {
            at = (long?)run.Attribute("t") ?? at;
            var duration = (long)run.Attribute("d")!;
            for (var i = 0; i <= ((int?)run.Attribute("r") ?? 0); i++, at += duration) yield return (number++, at, duration);
        }
    }

    private static IEnumerable<string> Variants(Presentation film) =>
        Regex.Matches(HlsMultivariantPlaylist.Write(film), "^(v[0-9]+)/index.m3u8$", RegexOptions.Multiline).Select(m => m.Groups[1].Value);
}

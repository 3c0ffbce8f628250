using System.Globalization;
using System.Xml.Linq;
using Streaming.Catalog;

namespace Streaming.Playback.Manifests;

/// <summary>The MPD (ISO/IEC 23009-1) of the same rows as the playlists, with segment times in exact ticks.</summary>
internal static class DashManifest
{
    private static readonly XNamespace _mpd = "urn:mpeg:dash:schema:mpd:2011";

    /// <param name="presentation">The committed rows.</param>
    /// <param name="publishedAt">When they were read; told only while there is more to come.</param>
    public static string Write(Presentation presentation, DateTimeOffset publishedAt)
    {
        var video = Ladder.Listed(presentation);
        var end = video.Select(v => End(v.Timescale, v.Segments)).Concat(presentation.Audio.Select(a => End(a.Timescale, a.Segments))).DefaultIfEmpty().Max();
        var root = new XElement(_mpd + "MPD", new XAttribute("profiles", "urn:mpeg:dash:profile:isoff-live:2011"), new XAttribute("minBufferTime", "PT4S"));
        if (presentation.Complete)
            root.Add(new XAttribute("type", "static"), new XAttribute("mediaPresentationDuration", Duration(end)));
        else
            root.Add(
                new XAttribute("type", "dynamic"),
                // With the length known and long available, players take it for a recording in progress and start at its beginning.
                new XAttribute("availabilityStartTime", "1970-01-01T00:00:00Z"),
                new XAttribute("publishTime", publishedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                new XAttribute("minimumUpdatePeriod", "PT2S"),
                new XAttribute("mediaPresentationDuration", Duration(Math.Max(end, (decimal)presentation.DurationSeconds))));

        var period = new XElement(_mpd + "Period", new XAttribute("id", "0"), new XAttribute("start", "PT0S"));
        foreach (var family in video.GroupBy(v => v.Codec.Split('.')[0])) period.Add(Video(family));
        foreach (var track in presentation.Audio) period.Add(Audio(track));
        foreach (var track in presentation.Subtitles) period.Add(Subtitles(track));
        root.Add(period);
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root.ToString().ReplaceLineEndings("\n")}\n";
    }

    private static XElement Video(IEnumerable<VideoRendition> rungs) => new(
        _mpd + "AdaptationSet",
        new XAttribute("contentType", "video"),
        new XAttribute("mimeType", "video/mp4"),
        new XAttribute("segmentAlignment", "true"),
        new XAttribute("startWithSAP", "1"),
        rungs.Select(rung => new XElement(
            _mpd + "Representation",
            new XAttribute("id", rung.Name),
            new XAttribute("bandwidth", BitRate.Peak(rung.Timescale, rung.Segments)),
            new XAttribute("codecs", rung.Codec),
            new XAttribute("width", rung.Width),
            new XAttribute("height", rung.Height),
            new XAttribute("frameRate", FrameRate(rung.FrameRate)),
            new XAttribute("sar", "1:1"),
            Segments(rung.Timescale, rung.Segments))));

    private static XElement Audio(AudioRendition track) => new(
        _mpd + "AdaptationSet",
        new XAttribute("contentType", "audio"),
        new XAttribute("mimeType", "audio/mp4"),
        new XAttribute("lang", track.Language),
        new XAttribute("segmentAlignment", "true"),
        new XAttribute("startWithSAP", "1"),
        new XElement(_mpd + "Label", track.Label),
        Role(track.Default ? "main" : "alternate"),
        new XElement(
            _mpd + "Representation",
            new XAttribute("id", track.Name),
            new XAttribute("bandwidth", BitRate.Peak(track.Timescale, track.Segments)),
            new XAttribute("codecs", track.Codec),
            new XAttribute("audioSamplingRate", track.SampleRate),
            new XElement(
                _mpd + "AudioChannelConfiguration",
                new XAttribute("schemeIdUri", "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"),
                new XAttribute("value", track.Channels)),
            Segments(track.Timescale, track.Segments)));

    private static XElement Subtitles(SubtitleRendition track) => new(
        _mpd + "AdaptationSet",
        new XAttribute("contentType", "text"),
        new XAttribute("mimeType", "text/vtt"),
        new XAttribute("lang", track.Language),
        new XElement(_mpd + "Label", track.Label),
        Role(track.Forced ? "forced-subtitle" : "subtitle"),
        new XElement(
            _mpd + "Representation",
            new XAttribute("id", track.Name),
            new XAttribute("bandwidth", 256),
            new XElement(_mpd + "BaseURL", $"text/{track.Name}.vtt")));

    private static XElement Role(string value) =>
        new(_mpd + "Role", new XAttribute("schemeIdUri", "urn:mpeg:dash:role:2011"), new XAttribute("value", value));

    private static XElement Segments(int timescale, IReadOnlyList<MediaSegment> segments) => new(
        _mpd + "SegmentTemplate",
        new XAttribute("timescale", timescale),
        new XAttribute("initialization", "$RepresentationID$/init.mp4"),
        new XAttribute("media", "$RepresentationID$/$Number%05d$.m4s"),
        new XAttribute("startNumber", segments.Count == 0 ? 0 : segments[0].Number),
        new XElement(_mpd + "SegmentTimeline", Timeline(segments)));

    private static IEnumerable<XElement> Timeline(IReadOnlyList<MediaSegment> segments)
    {
        long? expected = null;
        for (int first = 0, next; first < segments.Count; first = next)
        {
            var (start, duration) = (segments[first].Start, segments[first].Duration);
            next = first + 1;
            while (next < segments.Count && segments[next].Duration == duration && segments[next].Start == start + ((next - first) * duration)) next++;

            var run = new XElement(_mpd + "S");
            if (start != expected) run.Add(new XAttribute("t", start));
            run.Add(new XAttribute("d", duration));
            if (next - first > 1) run.Add(new XAttribute("r", next - first - 1));
            expected = start + ((next - first) * duration);
            yield return run;
        }
    }

    private static decimal End(int timescale, IReadOnlyList<MediaSegment> segments) =>
        segments.Count == 0 ? 0 : (decimal)(segments[^1].Start + segments[^1].Duration) / timescale;

    private static string Duration(decimal seconds) => $"PT{seconds.ToString("0.######", CultureInfo.InvariantCulture)}S";

    // The rates of NTSC have no exact decimal, and the attribute wants whole numbers or a fraction.
    private static string FrameRate(double rate)
    {
        var whole = Math.Round(rate);
        if (Math.Abs(rate - whole) < 0.001) return $"{(int)whole}";
        if (Math.Abs(rate - (whole * 1000 / 1001)) < 0.01) return $"{(int)whole * 1000}/1001";
        return $"{(int)Math.Round(rate * 1000)}/1000";
    }
}

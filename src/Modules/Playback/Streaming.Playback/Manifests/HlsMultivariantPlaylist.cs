using System.Globalization;
using System.Text;
using Streaming.Catalog;

namespace Streaming.Playback.Manifests;

/// <summary>The playlist that lists the ladder, the audio tracks and the subtitles.</summary>
internal static class HlsMultivariantPlaylist
{
    private const string AudioGroup = "audio";
    private const string SubtitleGroup = "subtitles";

    public static string Write(Presentation presentation)
    {
        var text = new StringBuilder().Line("#EXTM3U").Line(HlsText.Version).Line("#EXT-X-INDEPENDENT-SEGMENTS");
        var video = Ladder.Listed(presentation);
        if (video.Count == 0) AudioOnly(text, presentation.Audio);
        else WithVideo(text, presentation, video);
        return text.ToString();
    }

    private static void WithVideo(StringBuilder text, Presentation presentation, IReadOnlyList<VideoRendition> video)
    {
        Audio(text, presentation.Audio);
        Subtitles(text, presentation.Subtitles);
        var sound = presentation.Audio.Select(a => (Peak: BitRate.Peak(a.Timescale, a.Segments), Average: BitRate.Average(a.Timescale, a.Segments))).ToList();
        var codecs = presentation.Audio.Select(a => a.Codec).Distinct().ToList();
        foreach (var rung in Ladder.StartFirst(video))
        {
            var peak = BitRate.Peak(rung.Timescale, rung.Segments) + sound.Select(s => s.Peak).DefaultIfEmpty().Max();
            var average = BitRate.Average(rung.Timescale, rung.Segments) + sound.Select(s => s.Average).DefaultIfEmpty().Max();
            text.Append($"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},{Picture(rung, [rung.Codec, .. codecs])}")
                .Append($",FRAME-RATE={rung.FrameRate.ToString("0.000", CultureInfo.InvariantCulture)}");
            if (presentation.Audio.Count > 0) text.Append($",AUDIO=\"{AudioGroup}\"");
            if (presentation.Subtitles.Count > 0) text.Append($",SUBTITLES=\"{SubtitleGroup}\"");
            text.Line(",CLOSED-CAPTIONS=NONE").Line($"{rung.Name}/index.m3u8");
        }

        var lowest = video[0];
        text.Line($"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={BitRate.KeyframePeak(lowest.Timescale, lowest.Segments)},"
            + $"{Picture(lowest, [lowest.Codec])},URI=\"{lowest.Name}/iframes.m3u8\"");
    }

    private static string Picture(VideoRendition rung, IEnumerable<string> codecs) =>
        $"CODECS=\"{string.Join(',', codecs)}\",RESOLUTION={rung.Width}x{rung.Height},VIDEO-RANGE=SDR";

    private static void Audio(StringBuilder text, IReadOnlyList<AudioRendition> tracks)
    {
        var main = tracks.OrderByDescending(t => t.Default).FirstOrDefault();
        var (names, selectable) = (new HashSet<string>(), new HashSet<string>());
        foreach (var track in tracks.OrderByDescending(t => t == main))
            text.Line($"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{AudioGroup}\",{Named(track.Label, track.Language, names)},DEFAULT={YesNo(track == main)},"
                + $"AUTOSELECT={YesNo(selectable.Add(track.Language))},CHANNELS=\"{track.Channels}\",URI=\"{track.Name}/index.m3u8\"");
    }

    private static void Subtitles(StringBuilder text, IReadOnlyList<SubtitleRendition> tracks)
    {
        var (names, selectable) = (new HashSet<string>(), new HashSet<(string, bool)>());
        foreach (var track in tracks)
            text.Line($"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{SubtitleGroup}\",{Named(track.Label, track.Language, names)},DEFAULT=NO,"
                + $"AUTOSELECT={YesNo(selectable.Add((track.Language, track.Forced)))},FORCED={YesNo(track.Forced)},URI=\"text/{track.Name}.m3u8\"");
    }

    private static void AudioOnly(StringBuilder text, IReadOnlyList<AudioRendition> tracks)
    {
        foreach (var track in tracks)
            text.Line($"#EXT-X-STREAM-INF:BANDWIDTH={BitRate.Peak(track.Timescale, track.Segments)},"
                    + $"AVERAGE-BANDWIDTH={BitRate.Average(track.Timescale, track.Segments)},CODECS=\"{track.Codec}\"")
                .Line($"{track.Name}/index.m3u8");
    }

    // Names are unique within a group, whatever the labels are (RFC 8216 section 4.3.4.1.1).
    private static string Named(string label, string language, HashSet<string> taken)
    {
        var name = label;
        for (var n = 2; !taken.Add(name); n++) name = $"{label} ({n})";
        return language == "und" ? $"NAME={HlsText.Quoted(name)}" : $"NAME={HlsText.Quoted(name)},LANGUAGE={HlsText.Quoted(language)}";
    }

    private static string YesNo(bool value) => value ? "YES" : "NO";
}

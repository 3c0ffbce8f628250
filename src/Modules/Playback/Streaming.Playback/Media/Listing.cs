using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Streaming.Catalog;
using Streaming.Playback.Manifests;

namespace Streaming.Playback.Media;

/// <summary>A presentation as it was at one moment, with the playlists written from it so far.</summary>
internal sealed record Listing(Presentation Presentation, long ReadAt, DateTimeOffset PublishedAt)
{
    private readonly ConcurrentDictionary<(MediaFile File, string Name), Playlist?> _written = [];

    /// <summary>Whether it stands in for a newer one that could not be had.</summary>
    public bool IsStale { get; init; }

    /// <summary>The playlist, or null where there is no such rendition or track.</summary>
    public Playlist? Find(MediaPath path) => _written.GetOrAdd((path.File, path.Name), static (key, listing) => listing.Write(key.File, key.Name), this);

    private Playlist? Write(MediaFile file, string name)
    {
        var video = Presentation.Video.FirstOrDefault(v => v.Name == name);
        var audio = Presentation.Audio.FirstOrDefault(a => a.Name == name);
        return file switch
        {
            MediaFile.Multivariant => Playlist.Of(HlsMultivariantPlaylist.Write(Presentation), Presentation.Complete),
            MediaFile.Dash => Playlist.Of(DashManifest.Write(Presentation, PublishedAt), Presentation.Complete),
            MediaFile.Playlist when video is not null => Playlist.Of(HlsMediaPlaylist.Write(video.Timescale, video.Complete, video.Segments), video.Complete),
            MediaFile.Playlist when audio is not null => Playlist.Of(HlsMediaPlaylist.Write(audio.Timescale, audio.Complete, audio.Segments), audio.Complete),
            MediaFile.IframePlaylist when video is not null =>
                Playlist.Of(HlsIframePlaylist.Write(video.Timescale, video.Complete, video.Segments), video.Complete),
            MediaFile.SubtitlePlaylist when Presentation.Subtitles.Any(s => s.Name == name) =>
                Playlist.Of(HlsSubtitlePlaylist.Write(name, Presentation.DurationSeconds), final: true),
            _ => null,
        };
    }
}

/// <summary>A playlist as it is sent.</summary>
/// <param name="Body">UTF-8.</param>
/// <param name="ETag">Strong, of the content.</param>
/// <param name="Final">Whether it will never change again.</param>
internal sealed record Playlist(byte[] Body, string ETag, bool Final)
{
    public static Playlist Of(string text, bool final)
    {
        var body = Encoding.UTF8.GetBytes(text);
        return new Playlist(body, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12))}\"", final);
    }
}

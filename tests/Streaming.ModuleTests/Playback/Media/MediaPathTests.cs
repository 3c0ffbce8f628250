using Streaming.Playback.Media;

namespace Streaming.ModuleTests.Playback.Media;

internal sealed class MediaPathTests
{
    [TestCase("master.m3u8", "Multivariant", "application/vnd.apple.mpegurl")]
    [TestCase("manifest.mpd", "Dash", "application/dash+xml")]
    [TestCase("v720/index.m3u8", "Playlist", "application/vnd.apple.mpegurl")]
    [TestCase("v720/iframes.m3u8", "IframePlaylist", "application/vnd.apple.mpegurl")]
    [TestCase("v720/init.mp4", "Stored", "video/mp4")]
    [TestCase("a0/00012.m4s", "Stored", "audio/mp4")]
    [TestCase("v720/123456.m4s", "Stored", "video/mp4")]
    [TestCase("text/s0.vtt", "Stored", "text/vtt; charset=utf-8")]
    [TestCase("text/s0.m3u8", "SubtitlePlaylist", "application/vnd.apple.mpegurl")]
    [TestCase("thumbs/thumbs.vtt", "Stored", "text/vtt; charset=utf-8")]
    [TestCase("thumbs/3.jpg", "Stored", "image/jpeg")]
    public void What_manifests_name_is_known(string path, string file, string contentType)
    {
        var parsed = MediaPath.Parse(path);
        Assert.That((parsed?.File.ToString(), parsed?.ContentType), Is.EqualTo((file, contentType)));
    }

    [TestCase("")]
    [TestCase("v720")]
    [TestCase("v720/")]
    [TestCase("v720/0001.m4s")]
    [TestCase("v720/0000a.m4s")]
    [TestCase("v720/00001.m4s\n")]
    [TestCase("v720/other.m3u8")]
    [TestCase("v720/source.mp4")]
    [TestCase("V720/index.m3u8")]
    [TestCase("text/s0.m4s")]
    [TestCase("thumbs/index.m3u8")]
    [TestCase("../1/master.m3u8")]
    [TestCase("v720/../init.mp4")]
    [TestCase("v720/%2e%2e/init.mp4")]
    [TestCase("v720\\init.mp4")]
    [TestCase("/master.m3u8")]
    [TestCase("v720/x/00001.m4s")]
    [TestCase("thumbs/thumbs.vtt/")]
    public void Anything_else_does_not_exist(string path) => Assert.That(MediaPath.Parse(path), Is.Null);

    [TestCase("0197f3d000007000800000000000000a", "1", true)]
    [TestCase("0197f3d000007000800000000000000a", "12", true)]
    [TestCase("0197F3D000007000800000000000000A", "1", false)]
    [TestCase("0197f3d0-0000-7000-8000-00000000000a", "1", false)]
    [TestCase("0197f3d000007000800000000000000a", "0", false)]
    [TestCase("0197f3d000007000800000000000000a", "01", false)]
    [TestCase("0197f3d000007000800000000000000a", "-1", false)]
    [TestCase("0197f3d000007000800000000000000a", "9999999999", false)]
    [TestCase("..", "1", false)]
    public void A_revision_has_one_spelling(string asset, string revision, bool known) =>
        Assert.That(MediaPath.IsRevision(asset, revision), Is.EqualTo(known));
}

using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>Watches one rendition's folder, checks what appears there, and hands it over in order.</summary>
internal sealed class RenditionOutput
{
    public const string InitName = "init.mp4";
    private const int AacFrame = 1024;
    private const long LargestSegment = 256L << 20;

    private readonly FrameRate _rate;
    private readonly int _committed;
    private readonly bool _isResumed;
    private readonly double _seconds;
    private int _next;
    private long _expectedTicks;
    private Mp4Track? _track;

    private RenditionOutput(string name, string folder, int first, int committed, FrameRate rate, double seconds, bool isVideo)
    {
        (Name, Folder, _next, _committed, _rate, _seconds, IsVideo) = (name, folder, first, committed, rate, seconds, isVideo);
        _isResumed = first > 0;
    }

    public string Name { get; }

    public string Folder { get; }

    public bool IsVideo { get; }

    public int Found { get; private set; }

    public TimeSpan End => _track is null ? TimeSpan.Zero : TimeSpan.FromSeconds((double)_expectedTicks / _track.Timescale);

    public static RenditionOutput ForVideo(string name, string folder, int first, int committed, FrameRate rate) =>
        new(name, folder, first, committed, rate, rate.SegmentSeconds, true);

    public static RenditionOutput ForAudio(string name, string folder, int committed, double seconds) =>
        new(name, folder, 0, committed, default, seconds, false);

    /// <param name="isOver">True once ffmpeg has ended well: only then a short segment is the last one, and not one that was broken off.</param>
    public async Task<Error?> CollectAsync(ISegmentSink sink, bool isOver, CancellationToken ct)
    {
        while (true)
        {
            var path = Path.Combine(Folder, $"{_next:00000}.m4s");
            var file = new FileInfo(path);
            if (!file.Exists) return null;
            // Segments get their name by a rename when they are complete, so an empty one is what a full disk leaves behind.
            if (file.Length == 0) return Broken("it is empty");
            if (file.Length > LargestSegment) return Broken("it is far too large");

            if (_track is null)
            {
                var opened = await OpenAsync(sink, ct);
                if (opened is not null) return opened;
            }

            var bytes = await File.ReadAllBytesAsync(path, ct);
            if (!Mp4Boxes.ReadFragment(bytes, _track!).TryGet(out var fragment, out var error)) return Broken(error.Message);
            if (fragment.MoofCount != 1) return Broken($"it has {fragment.MoofCount} fragments");
            if (IsVideo && !fragment.StartsWithKeyframe) return Broken("it does not start with a key frame");
            if (fragment.Start != _expectedTicks) return Broken($"it starts at {fragment.Start} where {_expectedTicks} was due");
            if (!isOver && IsShort(fragment) && !File.Exists(Path.Combine(Folder, $"{_next + 1:00000}.m4s"))) return null;

            if (_next < _committed) File.Delete(path);
            else
                await sink.SegmentAsync(
                    new EncodedSegment(
                        Name, _next, path, fragment.Start, fragment.Duration, _track!.Timescale, bytes.Length,
                        IsVideo ? fragment.KeyframeOffset : 0, IsVideo ? fragment.KeyframeEnd - fragment.KeyframeOffset : 0), ct);
            (_next, Found, _expectedTicks) = (_next + 1, Found + 1, fragment.Start + fragment.Duration);
        }
    }

    private async Task<Error?> OpenAsync(ISegmentSink sink, CancellationToken ct)
    {
        var path = Path.Combine(Folder, InitName);
        if (!File.Exists(path)) return Broken("it has no initialisation segment");
        var bytes = await File.ReadAllBytesAsync(path, ct);
        if (!Mp4Boxes.ReadInit(bytes).TryGet(out var tracks, out var error)) return Broken(error.Message);
        _track = tracks[0];
        if (tracks.Count != 1 || _track.IsVideo != IsVideo) return Broken("it holds other tracks than it should");

        if (_isResumed) _expectedTicks = (long)Math.Round(_rate.Seconds((long)_next * _rate.SegmentFrames) * _track.Timescale);
        if (_committed == 0) await sink.InitAsync(new RenditionInit(Name, path, bytes.Length, _track), ct);
        return null;
    }

    private bool IsShort(Mp4Fragment fragment)
    {
        var missing = _seconds - (double)fragment.Duration / _track!.Timescale;
        return missing > (IsVideo ? 0.1 / _rate.Value : 1.5 * AacFrame / _track.SampleRate);
    }

    private Error Broken(string why)
    {
        var isFull = why.Contains("empty", StringComparison.Ordinal) || new DriveInfo(Folder).AvailableFreeSpace < 64 * 1024;
        return isFull ? MediaErrors.Full(Folder) : MediaErrors.Segment(Name, _next, why);
    }
}

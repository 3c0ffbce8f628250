using FsCheck;
using FsCheck.Fluent;
using Streaming.Catalog.Media;

namespace Streaming.ModuleTests.Catalog.Media;

internal sealed class Mp4BoxesTests
{
    private byte[] _init = [], _segment = [];
    private Mp4Track _track = null!;

    [OneTimeSetUp]
    public async Task Encode()
    {
        using var clips = new Clips();
        var source = await Clips.ProbeAsync(await clips.MakeAsync("film.mp4", [.. Clips.Picture("160x90", "24", 4), .. Clips.Quick]));
        var kept = new KeptSegments(clips.Folder);
        var job = new EncodeJob(source, clips.PathOf("work"), [new VideoTarget(Ladder.For(source.Video)[0])], []);
        Assert.That((await new SegmentEncoder(Clips.Options, TimeProvider.System).EncodeAsync(job, kept, null, CancellationToken.None)).Error, Is.Null);
        (_init, _segment) = (await File.ReadAllBytesAsync(kept.Inits["v90"].Path), await File.ReadAllBytesAsync(kept.Segments["v90"][0].Path));
        _track = kept.Inits["v90"].Track;
    }

    [Test]
    public void A_segment_is_measured()
    {
        var fragment = Mp4Boxes.ReadFragment(_segment, _track).Value;
        Assert.That((fragment.MoofCount, fragment.Start, fragment.Samples, fragment.StartsWithKeyframe), Is.EqualTo((1, 0L, 96, true)));
        Assert.That(fragment.Duration, Is.EqualTo(4L * _track.Timescale));
        Assert.That(fragment.KeyframeEnd, Is.GreaterThan(fragment.KeyframeOffset).And.LessThan(_segment.Length));
        Assert.That(_track, Has.Property("Width").EqualTo(160).And.Property("Height").EqualTo(90).And.Property("Codec").StartsWith("avc1.6400"));
    }

    [FsCheck.NUnit.Property(MaxTest = 400)]
    public Property A_segment_cut_short_anywhere_is_an_error() => Prop.ForAll(
        Gen.Choose(0, _segment.Length - 1).ToArbitrary(), length => Mp4Boxes.ReadFragment(_segment.AsSpan(0, length), _track).IsError);

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property An_initialisation_segment_without_its_end_is_an_error() => Prop.ForAll(
        Gen.Choose(0, _init.Length - 1).ToArbitrary(), length => Mp4Boxes.ReadInit(_init.AsSpan(0, length)).IsError);

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Changed_bytes_never_throw_and_never_give_nonsense() => Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(0, 1400).Zip(Gen.Choose(0, 255))).ToArbitrary(), changes =>
        {
            var (init, segment) = (Changed(_init, changes), Changed(_segment, changes));
            if (Mp4Boxes.ReadInit(init).TryGet(out var tracks, out _) && tracks.Any(t => t.Timescale == 0)) return false;
            return !Mp4Boxes.ReadFragment(segment, _track).TryGet(out var fragment, out _)
                || (fragment is { Duration: > 0, Start: >= 0, Samples: > 0 } && fragment.KeyframeEnd <= segment.Length);
        });

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Any_bytes_at_all_are_answered(byte[] bytes) =>
        (Mp4Boxes.ReadInit(bytes).IsError && Mp4Boxes.ReadFragment(bytes, _track).IsError).ToProperty();

    private static byte[] Changed(byte[] original, (int At, int Value)[] changes)
    {
        var copy = original.ToArray();
        foreach (var (at, value) in changes)
            if (at < copy.Length) copy[at] = (byte)value;
        return copy;
    }
}

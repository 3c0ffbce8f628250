using Streaming.Kernel;

namespace Streaming.Catalog.Media;

/// <summary>Every way in which a file or a tool can disappoint, with its stable code and a sentence for the person who sent the file.</summary>
internal static class MediaErrors
{
    public const string TruncatedSource = "catalog:truncated-source";
    public const string InvalidSegment = "catalog:invalid-segment";
    public const string DiskFull = "catalog:disk-full";
    public const string EncoderFailed = "catalog:encoder-failed";
    public const string EncoderStalled = "catalog:encoder-stalled";
    public const string ToolMissing = "catalog:ffmpeg-missing";
    public const string MalformedBoxes = "catalog:malformed-boxes";
    public const string ProbeTimeout = "catalog:probe-timeout";

    public static Error Rejected(string reason, string message) => new(ErrorKind.Invalid, $"catalog:{reason}", message);

    public static Error Unread(TimeSpan limit) => Error.Unavailable(
        ProbeTimeout,
        $"Looking into the file took longer than {limit.TotalSeconds:0} s. Retry when the machine is less busy; if it stays so, convert the film to MP4 or MKV and send it again.");

    public static Error Missing(string program) => Error.Unavailable(
        ToolMissing, $"The program {program} cannot be started. Install ffmpeg, or set Catalog:Ffmpeg to where it is.");

    public static Error Truncated(TimeSpan encoded, TimeSpan promised) => new(
        ErrorKind.Invalid, TruncatedSource,
        $"The file promises {promised.TotalSeconds:0.0} s but only {encoded.TotalSeconds:0.0} s can be decoded. Send it again, or publish what there is.",
        Details: new Dictionary<string, string>
        {
            ["encodedSeconds"] = FormattableString.Invariant($"{encoded.TotalSeconds:0.000}"),
            ["promisedSeconds"] = FormattableString.Invariant($"{promised.TotalSeconds:0.000}"),
        });

    public static Error Segment(string rendition, int number, string why) =>
        Error.Unavailable(InvalidSegment, $"Segment {number} of {rendition} came out wrong ({why}). The encode can be retried from there.");

    public static Error Full(string folder) =>
        Error.Unavailable(DiskFull, $"The disk that holds {folder} is full. Free some space; the encode then resumes where it stopped.");

    public static Error Failed(int exitCode, string tail) => Failed("ffmpeg", exitCode, tail);

    public static Error Failed(string program, int exitCode, string tail) =>
        Error.Unavailable(EncoderFailed, $"{Path.GetFileName(program)} ended with code {exitCode}: {(tail.Length == 0 ? "it said nothing" : tail)}");

    public static Error Stalled(TimeSpan silence) =>
        Error.Unavailable(EncoderStalled, $"ffmpeg made no progress for {silence.TotalSeconds:0} s and was ended. Retry the encode.");

    public static Error Malformed(string why) => new(ErrorKind.Invalid, MalformedBoxes, $"The file's boxes are malformed: {why}.");
}

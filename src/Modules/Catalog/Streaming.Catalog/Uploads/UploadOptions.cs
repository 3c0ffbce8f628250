using System.ComponentModel.DataAnnotations;

namespace Streaming.Catalog.Uploads;

/// <summary>Section <c>catalog:uploads</c>.</summary>
internal sealed class UploadOptions
{
    /// <summary>Largest file taken.</summary>
    [Range(1, long.MaxValue, ErrorMessage = "maxBytes must be at least 1.")]
    public long MaxBytes { get; init; } = 256L << 30;

    /// <summary>An unfinished upload that nobody goes on with for so long is thrown away.</summary>
    [Range(1, 24 * 365, ErrorMessage = "expireHours must lie between 1 and 8760.")]
    public int ExpireHours { get; init; } = 48;
}

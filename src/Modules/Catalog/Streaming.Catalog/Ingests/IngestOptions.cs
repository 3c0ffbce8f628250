using System.ComponentModel.DataAnnotations;

namespace Streaming.Catalog.Ingests;

/// <summary>Section <c>catalog:ingest</c>.</summary>
internal sealed class IngestOptions
{
    /// <summary>Encodes at a time; one uses all cores already.</summary>
    [Range(1, 64, ErrorMessage = "parallel must lie between 1 and 64.")]
    public int Parallel { get; init; } = 1;

    /// <summary>Free bytes below which nothing is begun and what runs is paused.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "reserveBytes must not be negative.")]
    public long ReserveBytes { get; init; } = 2L << 30;

    /// <summary>Free bytes above the reserve at which paused work goes on.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "resumeBytes must not be negative.")]
    public long ResumeBytes { get; init; } = 256 << 20;

    /// <summary>How long work stays with a host that says nothing.</summary>
    [Range(5, 3600, ErrorMessage = "leaseSeconds must lie between 5 and 3600.")]
    public int LeaseSeconds { get; init; } = 30;
}

namespace Streaming.Platform.Data.Moving;

/// <summary>The move of a module's rows: one row a module, in the installation's database. Whoever changes it replaces what they have read.</summary>
internal sealed class DataMove
{
    public required string Module { get; init; }

    /// <summary>Grows with every change, over all modules.</summary>
    public long Epoch { get; set; }

    public MovePhase Phase { get; set; }

    /// <summary>The connection string of the database of its own, sealed.</summary>
    public required string Target { get; set; }

    public required string By { get; set; }

    /// <summary>What has been done, or why it does not go on.</summary>
    public string Message { get; set; } = "";

    /// <summary>How long nobody could write at the last change of sides, in milliseconds.</summary>
    public double? FenceMs { get; set; }

    /// <summary>How many rows were the same on both sides when they were compared last.</summary>
    public long? Verified { get; set; }

    public DateTimeOffset At { get; set; }
}

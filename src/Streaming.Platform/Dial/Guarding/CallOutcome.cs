namespace Streaming.Platform.Dial.Guarding;

/// <summary>What has become of a call, or a request, that the dial has decided about.</summary>
/// <param name="IsThere">Whether it was for another process.</param>
/// <param name="HasFailed">Whether it was answered with a fault of ours, or has been because another process gave none.</param>
/// <param name="IsSlow">Whether it took longer than it should.</param>
/// <param name="Took">How long that was.</param>
public readonly record struct CallOutcome(bool IsThere, bool HasFailed, bool IsSlow, TimeSpan Took)
{
    /// <summary>Why the other process has given no answer; null where it has, or where it is forgiven since it is still warming up.</summary>
    public string? Lost { get; init; }

    /// <summary>Whether it was only not in time. What is busy is not dead: it counts as slow.</summary>
    public bool IsLate { get; init; }
}

namespace Streaming.Catalog.Media;

/// <summary>Tells a disk, or a quota on it, that has no room left from one that is broken.</summary>
internal static class FullDisk
{
    // Of Linux; where the system says no more than a number, .NET hands it on as HResult.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    public static bool Is(IOException failure) => failure.HResult is NoSpaceLeft or QuotaExceeded;

    /// <summary>Whether that is what a tool complained about.</summary>
    public static bool IsIn(string complaint) =>
        complaint.Contains("No space left", StringComparison.Ordinal) || complaint.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase);
}

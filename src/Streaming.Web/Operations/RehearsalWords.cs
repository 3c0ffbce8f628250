namespace Streaming.Web.Operations;

/// <summary>What a rehearsal came to, as people say it.</summary>
internal static class RehearsalWords
{
    public static string Of(string verdict) => verdict switch
    {
        "ready" => "Ready",
        "withstood" => "Withstood",
        "not-ready" => "Not ready",
        "not-enough-traffic" => "Not enough traffic",
        _ => "Unreadable",
    };

    /// <summary>In the colours of readiness.</summary>
    public static string Colour(string verdict) => verdict switch
    {
        "ready" or "withstood" => "ready",
        "not-ready" or "unreadable" => "blocked",
        _ => "not-enough-seen",
    };
}

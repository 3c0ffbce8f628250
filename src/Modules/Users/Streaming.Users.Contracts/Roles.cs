namespace Streaming.Users;

/// <summary>What an account may do. Every account is a viewer; the others are granted.</summary>
public static class Roles
{
    /// <summary>Watches.</summary>
    public const string Viewer = "viewer";

    /// <summary>Uploads, edits and publishes.</summary>
    public const string Publisher = "publisher";

    /// <summary>Runs the platform; may do everything that a publisher may.</summary>
    public const string Operator = "operator";
}

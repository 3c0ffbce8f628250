namespace Streaming.Users;

/// <summary>How long a password is, in characters. Length is all that is asked of one.</summary>
public static class PasswordLength
{
    /// <summary>At least.</summary>
    public const int Shortest = 8;

    /// <summary>At most.</summary>
    public const int Longest = 256;
}

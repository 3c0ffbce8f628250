namespace Streaming.Users.Accounts;

/// <summary>Who may make an account: configuration section <c>users:registration</c>.</summary>
internal sealed class RegistrationOptions
{
    /// <summary>Whether strangers may register as viewers. The first account needs the set-up code either way.</summary>
    public bool Open { get; init; } = true;
}

/// <summary>The operator of an unattended installation: configuration section <c>users:operator</c>.</summary>
internal sealed class OperatorOptions
{
    public string? Email { get; set; }

    public string? Password { get; set; }
}

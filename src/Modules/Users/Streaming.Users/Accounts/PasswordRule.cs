using FluentValidation;

namespace Streaming.Users.Accounts;

internal static class PasswordRule
{
    /// <summary>Long enough; rules of composition make people choose Password1!</summary>
    public static IRuleBuilderOptions<T, string> MustBePassword<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(password => password is { Length: >= PasswordLength.Shortest and <= PasswordLength.Longest })
        .WithMessage($"Choose a password of {PasswordLength.Shortest} to {PasswordLength.Longest} characters.");
}

using System.Net.Mail;
using FluentValidation;

namespace Streaming.Users.Accounts;

internal static class EmailRule
{
    /// <summary>An address that mail could be sent to, without a display name.</summary>
    public static IRuleBuilderOptions<T, string> MustBeEmail<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(email => email is { Length: > 2 and <= Account.LongestEmail }
            && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c))
            && MailAddress.TryCreate(email, out var address) && address.Address == email)
        .WithMessage("Give an email address, such as ada@example.org.");
}

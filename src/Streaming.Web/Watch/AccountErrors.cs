using Streaming.Users;

namespace Streaming.Web.Watch;

/// <summary>The codes with which the account endpoints send a form back, in words that say what to do.</summary>
internal static class AccountErrors
{
    public static string Words(string? code, string? field = null) => (code, field) switch
    {
        ("invalid", "email") => "This does not look like an e-mail address.",
        ("invalid", "password") => $"Choose a longer password: at least {PasswordLength.Shortest} characters.",
        ("invalid", "setupCode") => "A set-up code is four groups of five letters and digits.",
        ("invalid", "name") => "Give a name of 1 to 40 characters.",
        ("locked", _) => "Too many wrong passwords. Wait five minutes, then try again.",
        ("email-taken", _) => "There is an account with this e-mail already. Sign in instead.",
        ("set-up-code-wrong", _) => "This is not the code. Look for the line with the set-up code where Streaming was started.",
        ("set-up-code-used", _) => "The set-up code has been used already. Make an account without it.",
        ("registration-closed", _) => "New accounts are not open here. Ask whoever runs this installation.",
        ("too-many-profiles", _) => "This account has as many profiles as it can hold. Delete one first.",
        ("no-account", _) => "Sign in with an account to make profiles.",
        ("not-found", _) => "This profile is not there any more. Choose another one.",
        ("unavailable", _) => "Streaming cannot do that at the moment. Try again in a few seconds.",
        ("expired", _) => "The page was open for too long. Send it again.",
        _ => "That did not work. Check what you entered and try again.",
    };
}

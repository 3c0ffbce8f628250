namespace Streaming.Web.Watch;

/// <summary>The codes with which the account endpoints send a form back, in words that say what to do.</summary>
internal static class AccountErrors
{
    public static string Words(string? code) => code?.Split(':')[^1] switch
    {
        "wrong-credentials" or "invalid-credentials" => "E-mail and password do not go together. Check both and try again.",
        "locked-out" => "Too many wrong attempts. Wait five minutes, then try again.",
        "email-taken" or "duplicate-email" => "There is an account with this e-mail already. Sign in instead.",
        "invalid-email" => "This does not look like an e-mail address.",
        "weak-password" or "password-too-short" => "Choose a longer password: at least 10 characters.",
        "wrong-setup-code" or "setup-code" => "This is not the code. Look for the line with the set-up code where Streaming was started.",
        "registration-closed" => "New accounts are not open here. Ask whoever runs this installation.",
        "name" or "invalid-name" => "Give a name of 1 to 40 characters.",
        "too-many-profiles" => "This account has as many profiles as it can hold.",
        "not-found" => "It is not there any more. Choose another one.",
        "expired" or "antiforgery" => "The page was open too long. Send it again.",
        _ => "That did not work. Check what you entered and try again.",
    };
}

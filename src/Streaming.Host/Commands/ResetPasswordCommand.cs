using System.CommandLine;
using System.Security.Cryptography;

namespace Streaming.Host.Commands;

/// <summary><c>streaming reset-password</c>: lets somebody in again who has forgotten their password, also the only operator.</summary>
internal static class ResetPasswordCommand
{
    // No letters or digits that are taken for one another: it will be read aloud or typed.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Length = 16;

    public static Command Create()
    {
        var target = new TargetOptions();
        var email = new Argument<string>("email") { Description = "Address of the account" };
        var command = new Command(
            "reset-password", "Give an account a new password, print it, and end the account's sessions.\n\nExample: streaming reset-password ada@example.org --data /var/lib/streaming") { email };
        target.AddTo(command);
        command.SetAction((parsed, ct) => target.Use(parsed, http => Reset(http, parsed.GetRequiredValue(email), ct), ct));
        return command;
    }

    private static async Task<int> Reset(HttpClient http, string email, CancellationToken ct)
    {
        var password = RandomNumberGenerator.GetString(Alphabet, Length);
        using var answer = await http.PostAsJsonAsync("/api/users/reset-password", new { email, password }, ct);
        await answer.Check(ct);
        Console.WriteLine($"New password of {email}: {password}");
        return ExitCodes.Done;
    }
}

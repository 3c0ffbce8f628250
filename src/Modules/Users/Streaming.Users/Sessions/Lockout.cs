using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>Five failures lock an address for five minutes.</summary>
internal sealed class Lockout(UsersDbContext db, TimeProvider clock)
{
    public const int Most = 5;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static string KeyOf(string normalizedEmail) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(normalizedEmail)));

    /// <summary>
    /// Takes one of the tries, before the password is looked at: a hundred guesses at once get no more of them than one by one.
    /// </summary>
    /// <returns>False when none is left.</returns>
    public async Task<bool> TryTake(string key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var since = now - Window;
        if (await Raise(key, now, since, ct)) return true;
        if (await db.SignInAttempts.AnyAsync(a => a.Key == key, ct)) return false;

        await db.SignInAttempts.Where(a => a.At <= since).ExecuteDeleteAsync(ct);
        db.SignInAttempts.Add(new SignInAttempt { Key = key, Failures = 1, At = now });
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            // Another try at the same moment made the row.
            if (await Raise(key, now, since, ct)) return true;
            // Without the row it was not a race: what cannot be written must not read as too many tries.
            if (!await db.SignInAttempts.AnyAsync(a => a.Key == key, ct)) throw;
            return false;
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }

    public Task Forgive(string key, CancellationToken ct) => db.SignInAttempts.Where(a => a.Key == key).ExecuteDeleteAsync(ct);

    private async Task<bool> Raise(string key, DateTimeOffset now, DateTimeOffset since, CancellationToken ct) =>
        await db.SignInAttempts.Where(a => a.Key == key && (a.Failures < Most || a.At <= since))
            .ExecuteUpdateAsync(
                set => set.SetProperty(a => a.Failures, a => a.At <= since ? 1 : a.Failures + 1).SetProperty(a => a.At, now), ct) == 1;
}

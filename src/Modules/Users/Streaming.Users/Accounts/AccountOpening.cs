using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>Makes an account with its first profile, in one transaction; as operator it also founds the installation.</summary>
internal sealed class AccountOpening(UsersDbContext db, UserManager<Account> users, TimeProvider clock)
{
    public static readonly Error EmailTaken =
        Error.Conflict("users:email-taken", "There is an account with this email address already. Sign in instead.");

    public static readonly Error AlreadyFounded =
        Error.Conflict("users:set-up-code-used", "The set-up code has been used. Register without one, as a viewer.");

    public async Task<Result<Account>> Open(string email, string password, bool asFounder, CancellationToken ct)
    {
        var account = Account.Create(email, clock.GetUtcNow());
        if (asFounder)
        {
            account.Assign([Roles.Operator]);
            db.Installations.Add(new Installation { FoundedBy = account.Id });
        }

        try
        {
            var created = await users.CreateAsync(account, password);
            return created.Succeeded ? account : Explain(created.Errors);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            var key = users.NormalizeEmail(email);
            if (await db.Accounts.AnyAsync(a => a.NormalizedEmail == key, ct)) return EmailTaken;
            if (asFounder && await db.Installations.AnyAsync(ct)) return AlreadyFounded;
            throw;
        }
    }

    private static Error Explain(IEnumerable<IdentityError> errors)
    {
        var found = errors.ToList();
        if (found.Exists(e => e.Code.StartsWith("Duplicate", StringComparison.Ordinal))) return EmailTaken;
        return Error.Invalid(found
            .GroupBy(e => e.Code.StartsWith("Password", StringComparison.Ordinal) ? "password" : "email")
            .ToDictionary(g => g.Key, g => g.Select(e => e.Description).ToArray()));
    }
}

using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>Whose devices or keys are meant: the caller's own, or for operators those of the account with an address.</summary>
internal sealed class AccountAskedFor(UsersDbContext db, UserManager<Account> users, CallContext context)
{
    /// <param name="email">Absent for the caller's own.</param>
    /// <param name="ct">Ends the look-up.</param>
    /// <returns>Its id; of a caller without an account one that nobody has.</returns>
    public async Task<Result<Guid>> Find(string? email, CancellationToken ct)
    {
        if (email is null) return context.Caller.Subject ?? Guid.Empty;
        if (!context.Caller.IsIn(Roles.Operator)) return Error.Forbidden("role-required", "Only operators may look at another account's. Leave the address out for your own.");
        var key = users.NormalizeEmail(email);
        return await db.Accounts.AsNoTracking().Where(a => a.NormalizedEmail == key).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(ct) is { } id
            ? id
            : Error.NotFound("account", email);
    }
}

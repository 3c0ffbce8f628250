using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Streaming.Users.Accounts;

namespace Streaming.Users.Sessions;

/// <summary>The hash of a password that nobody knows, to be compared with where there is no account: it takes as long as a real one.</summary>
internal sealed class UnknownPassword(IOptions<PasswordHasherOptions> options)
{
    public string Hash { get; } = new PasswordHasher<Account>(options)
        .HashPassword(new Account(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
}

using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Streaming.Kernel;

namespace Streaming.Users.Accounts;

/// <summary>A household that signs in with one email address, and its one to five profiles.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    public const int MostProfiles = 5;
    public const int LongestEmail = 254;

    private readonly List<Profile> _profiles = [];

    public bool IsPublisher { get; private set; }

    public bool IsOperator { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public IReadOnlyList<Profile> Profiles => _profiles;

    /// <summary>Every account is a viewer, and an operator may do everything that a publisher may.</summary>
    public IReadOnlyList<string> RoleNames => RolesOf(IsPublisher, IsOperator);

    public static Account Create(string email, DateTimeOffset now)
    {
        var account = new Account { Id = Guid.CreateVersion7(now), Email = email, UserName = email, CreatedAt = now };
        account._profiles.Add(new Profile(Profile.NameFrom(email), ViewerCaller.AnyMaturity, colour: 0, account.Id, now));
        return account;
    }

    public static IReadOnlyList<string> RolesOf(bool isPublisher, bool isOperator) =>
        (isPublisher, isOperator) switch
        {
            (_, true) => [Roles.Viewer, Roles.Publisher, Roles.Operator],
            (true, _) => [Roles.Viewer, Roles.Publisher],
            _ => [Roles.Viewer],
        };

    public void Assign(IReadOnlyCollection<string> roles)
    {
        IsOperator = roles.Contains(Roles.Operator);
        IsPublisher = IsOperator || roles.Contains(Roles.Publisher);
        Touch();
    }

    public Result<Profile> AddProfile(string name, int maturityLimit, int? colour, DateTimeOffset now)
    {
        if (_profiles.Count >= MostProfiles)
            return Error.Conflict("users:too-many-profiles", $"An account has {MostProfiles} profiles at most. Delete one first.");

        var free = Enumerable.Range(0, Profile.Colours).Except(_profiles.Select(p => p.Colour)).First();
        var profile = new Profile(name, maturityLimit, colour ?? free, Id, now);
        _profiles.Add(profile);
        Touch();
        return profile;
    }

    public Error? RemoveProfile(Profile profile)
    {
        if (_profiles.Count == 1)
            return Error.Conflict("users:last-profile", "An account keeps at least one profile. Make another one first.");
        _profiles.Remove(profile);
        Touch();
        return null;
    }

    // Two changes at once to one account's profiles must not pass the count each for itself: the later one fails on the stamp.
    private void Touch() => ConcurrencyStamp = Guid.NewGuid().ToString();
}

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("account");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Id).ValueGeneratedNever();
        builder.Property(a => a.Email).HasMaxLength(Account.LongestEmail).IsRequired();
        builder.Property(a => a.NormalizedEmail).HasMaxLength(Account.LongestEmail).IsRequired();
        builder.Property(a => a.UserName).HasMaxLength(Account.LongestEmail).IsRequired();
        builder.Property(a => a.NormalizedUserName).HasMaxLength(Account.LongestEmail).IsRequired();
        builder.Property(a => a.PasswordHash).HasMaxLength(200);
        builder.Property(a => a.SecurityStamp).HasMaxLength(64).IsRequired();
        builder.Property(a => a.ConcurrencyStamp).HasMaxLength(64).IsConcurrencyToken();
        builder.HasIndex(a => a.NormalizedEmail).IsUnique();
        builder.HasIndex(a => a.NormalizedUserName).IsUnique();
        builder.HasIndex(a => a.IsOperator);
        builder.HasMany(a => a.Profiles).WithOne().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);

        // What Identity offers and this module does otherwise (lockout, see SignInAttempt) or not at all.
        builder.Ignore(a => a.EmailConfirmed);
        builder.Ignore(a => a.PhoneNumber);
        builder.Ignore(a => a.PhoneNumberConfirmed);
        builder.Ignore(a => a.TwoFactorEnabled);
        builder.Ignore(a => a.LockoutEnabled);
        builder.Ignore(a => a.LockoutEnd);
        builder.Ignore(a => a.AccessFailedCount);
        builder.Ignore(a => a.RoleNames);
    }
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Users.Accounts;

/// <summary>Lets a program act for an account, with no more than one role's rights. The key itself is told once and kept nowhere.</summary>
internal sealed class ApiKey
{
    public const int MostPerAccount = 50;
    public const int LongestName = 100;

    private const string Start = "sk_";

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the key, in hexadecimal. A key has 256 random bits, so there is nothing to guess and no salt to add.</summary>
    public required string Hash { get; init; }

    /// <summary>The key's beginning, by which a person knows it again.</summary>
    public required string Beginning { get; init; }

    /// <summary>The highest role that it gives; never more than its account has.</summary>
    public required string Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    public static bool IsOne(ReadOnlySpan<char> token) => token.StartsWith(Start, StringComparison.Ordinal);

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static (ApiKey Entry, string Key) Make(Guid account, string name, string role, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        var key = Start + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        return (new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account,
            Name = name,
            Hash = HashOf(key),
            Beginning = key[..(Start.Length + 6)],
            Role = role,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        }, key);
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_key");
        builder.HasKey(k => k.Id);
        builder.Property(k => k.Id).ValueGeneratedNever();
        builder.Property(k => k.Name).HasMaxLength(ApiKey.LongestName);
        builder.Property(k => k.Hash).HasMaxLength(64);
        builder.Property(k => k.Beginning).HasMaxLength(16);
        builder.Property(k => k.Role).HasMaxLength(16);
        builder.HasIndex(k => k.Hash).IsUnique();
        builder.HasIndex(k => k.AccountId);
        builder.HasOne<Account>().WithMany().HasForeignKey(k => k.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

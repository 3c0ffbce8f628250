using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Playback.Access;

/// <summary>A secret that media addresses are signed with. The newest signs; older ones are still accepted until they are deleted.</summary>
internal sealed class SigningKey
{
    public const int IdLength = 4;

    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Named in every token, so that a verifier knows which secret to take.</summary>
    public required string Id { get; init; }

    public required byte[] Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static SigningKey Make(DateTimeOffset now) => new()
    {
        Id = RandomNumberGenerator.GetString(IdAlphabet, IdLength),
        Secret = RandomNumberGenerator.GetBytes(32),
        CreatedAt = now,
    };
}

internal sealed class SigningKeyConfiguration : IEntityTypeConfiguration<SigningKey>
{
    public void Configure(EntityTypeBuilder<SigningKey> builder)
    {
        builder.ToTable("signing_key");
        builder.HasKey(k => k.Id);
        builder.Property(k => k.Id).HasMaxLength(SigningKey.IdLength);
        builder.Property(k => k.Secret).HasMaxLength(64);
    }
}

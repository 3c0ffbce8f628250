using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Playback.Access;

/// <summary>A secret that media addresses are signed with. The newest signs; older ones are still accepted until they are deleted.</summary>
internal sealed class SigningKey
{
    public const int IdLength = 4;

    /// <summary>Named in every token, so that a verifier knows which secret to take.</summary>
    public required string Id { get; init; }

    public required byte[] Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
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

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Users.Sessions;

/// <summary>
/// Recent failures to sign in with an email address, whether or not there is an account for it: a lockout must not tell which
/// addresses have one, so Identity's own lockout, kept in the account, will not do.
/// </summary>
internal sealed class SignInAttempt
{
    /// <summary>SHA-256 of the normalised address, in hexadecimal: what people mistype here is nobody's business.</summary>
    public required string Key { get; init; }

    public required int Failures { get; init; }

    public required DateTimeOffset At { get; init; }
}

internal sealed class SignInAttemptConfiguration : IEntityTypeConfiguration<SignInAttempt>
{
    public void Configure(EntityTypeBuilder<SignInAttempt> builder)
    {
        builder.ToTable("sign_in_attempt");
        builder.HasKey(a => a.Key);
        builder.Property(a => a.Key).HasMaxLength(64);
        builder.HasIndex(a => a.At);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Users.Accounts;

/// <summary>A device that has signed in. What is not here, or has ended, is not signed in, whatever its cookie or token says.</summary>
internal sealed class SessionEntry
{
    public const int LongestDevice = 200;
    public const int LongestAddress = 45;

    /// <summary>How long a session lives that nobody uses: a day longer than its cookie.</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromDays(15);

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>To within five minutes.</summary>
    public required DateTimeOffset SeenAt { get; set; }

    /// <summary>What the device calls itself (User-Agent).</summary>
    public required string Device { get; init; }

    /// <summary>Where it signed in from.</summary>
    public required string Address { get; init; }

    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class SessionEntryConfiguration : IEntityTypeConfiguration<SessionEntry>
{
    public void Configure(EntityTypeBuilder<SessionEntry> builder)
    {
        builder.ToTable("session");
        builder.HasKey(s => s.Id);
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Device).HasMaxLength(SessionEntry.LongestDevice);
        builder.Property(s => s.Address).HasMaxLength(SessionEntry.LongestAddress);
        builder.HasIndex(s => s.AccountId);
        builder.HasIndex(s => s.SeenAt);
        builder.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

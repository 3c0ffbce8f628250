using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Users.Accounts;

/// <summary>
/// One row, written with the first account: of two first registrations at once, on one process or on several, the key lets
/// only one through.
/// </summary>
internal sealed class Installation
{
    public const int OnlyId = 1;

    public int Id { get; private init; } = OnlyId;

    public required Guid FoundedBy { get; init; }

    /// <summary>Raised whenever an operator loses the role, so that two operators cannot take it from each other at once.</summary>
    public int Version { get; set; }
}

internal sealed class InstallationConfiguration : IEntityTypeConfiguration<Installation>
{
    public void Configure(EntityTypeBuilder<Installation> builder)
    {
        builder.ToTable("installation");
        builder.HasKey(i => i.Id);
        builder.Property(i => i.Id).ValueGeneratedNever();
        builder.Property(i => i.Version).IsConcurrencyToken();
    }
}

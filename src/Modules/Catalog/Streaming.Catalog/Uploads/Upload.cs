using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Streaming.Catalog.Uploads;

/// <summary>A file that is being sent. It has the id of the ingest that it becomes, and the name of its file in the uploads folder.</summary>
internal sealed class Upload
{
    public required Guid Id { get; init; }

    /// <summary>Account that sends it; null for the system.</summary>
    public required Guid? Owner { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Bytes that are on the disk for good; the file may be longer, but what is beyond may not survive.</summary>
    public long OffsetBytes { get; set; }

    /// <summary>As the client sent it, to be given back to it.</summary>
    public required string Metadata { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public bool IsComplete => OffsetBytes == SizeBytes;
}

internal sealed class UploadConfiguration : IEntityTypeConfiguration<Upload>
{
    public void Configure(EntityTypeBuilder<Upload> builder)
    {
        builder.ToTable("upload");
        builder.HasKey(u => u.Id);
        builder.Property(u => u.Id).ValueGeneratedNever();
        builder.Property(u => u.Metadata).HasMaxLength(8192);
        builder.HasIndex(u => u.ExpiresAt);
    }
}

using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>A key with which cookies and tokens are sealed, as ASP.NET Core's data protection writes it.</summary>
internal sealed class ProtectionKey
{
    public required Guid Id { get; init; }

    public required string Xml { get; init; }
}

/// <summary>
/// The keys of several hosts on one PostgreSQL database, so that each takes the cookies and tokens of the others. The interface is
/// synchronous; it is asked once a day.
/// </summary>
internal sealed class ProtectionKeys(IServiceScopeFactory scopes, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<UsersDbContext>().ProtectionKeys.AsNoTracking().AsEnumerable().Select(k => XElement.Parse(k.Xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDbContext>();
        db.ProtectionKeys.Add(new ProtectionKey { Id = Guid.CreateVersion7(clock.GetUtcNow()), Xml = element.ToString(SaveOptions.DisableFormatting) });
        db.SaveChanges();
    }
}

internal sealed class ProtectionKeyConfiguration : IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<ProtectionKey> builder)
    {
        builder.ToTable("protection_key");
        builder.HasKey(k => k.Id);
        builder.Property(k => k.Id).ValueGeneratedNever();
    }
}

using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;
using Streaming.Kernel;

namespace Streaming.Catalog.Titles;

internal static class TitleWriting
{
    /// <summary>The title with what its rules look at; null where there is none that the caller may see.</summary>
    public static Task<Title?> TitleForWriting(this CatalogDbContext db, Guid id, CancellationToken cancellationToken) => db.Titles
        .Include(t => t.Versions.OrderByDescending(v => v.Version).Take(1))
        .Include(t => t.Genres)
        .SingleOrDefaultAsync(t => t.Id == id, cancellationToken);

    /// <summary>Saves, or tells that somebody else did first. Not for orders: after a failure their transaction is lost.</summary>
    public static async Task<Error?> SaveEdit(this CatalogDbContext db, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Error.Stale(await db.Titles.Where(t => t.Id == id).Select(t => t.Version).SingleAsync(cancellationToken));
        }
    }
}

/// <summary>The version that a write has led to.</summary>
internal sealed record TitleRevision(Guid Id, int Version);

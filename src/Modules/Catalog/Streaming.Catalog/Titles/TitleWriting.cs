using System.Data.Common;
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
        .AsSingleQuery() // one version and a few genres: the product of the two is no larger than the genres
        .SingleOrDefaultAsync(t => t.Id == id, cancellationToken);

    /// <summary>Saves, or tells that somebody else did first and at which version the title is now. Not inside an order.</summary>
    public static async Task<Error?> SaveEdit(this CatalogDbContext db, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException failure) when (LostRace(failure))
        {
            return Error.Stale(await db.Titles.Where(t => t.Id == id).Select(t => t.Version).SingleAsync(cancellationToken));
        }
    }

    /// <summary>Saves inside an order, or tells that somebody else did first; the order's transaction is lost then.</summary>
    public static async Task<Error?> SaveOrder(this CatalogDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException failure) when (LostRace(failure))
        {
            return Error.Conflict("concurrent-change", "Somebody changed it at the same moment. Read it again and repeat the change.");
        }
    }

    // PostgreSQL sends a batch whole and may meet the other's row (unique_violation) before EF sees that the update met none.
    private static bool LostRace(DbUpdateException failure) =>
        failure is DbUpdateConcurrencyException || failure.InnerException is DbException { SqlState: "23505" };
}

/// <summary>The version that a write has led to.</summary>
internal sealed record TitleRevision(Guid Id, int Version);

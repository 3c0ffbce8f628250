using Microsoft.EntityFrameworkCore;
using Streaming.Catalog.Data;

namespace Streaming.Catalog.Titles;

internal static class TitleWriting
{
    /// <summary>The title with what its rules look at; null where there is none that the caller may see.</summary>
    public static Task<Title?> TitleForWriting(this CatalogDbContext db, Guid id, CancellationToken cancellationToken) => db.Titles
        .Include(t => t.Versions.OrderByDescending(v => v.Version).Take(1))
        .Include(t => t.Genres)
        .SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
}

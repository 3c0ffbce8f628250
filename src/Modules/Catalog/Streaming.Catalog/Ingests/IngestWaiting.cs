using Microsoft.EntityFrameworkCore;

namespace Streaming.Catalog.Ingests;

/// <summary>Ingests of a file that another one encodes: they go on when that one has ended, well or not.</summary>
internal sealed class IngestWaiting(IngestRows rows, IngestSignal signal, TimeProvider clock)
{
    /// <param name="asset">Null for all.</param>
    public async Task Wake(Guid? asset = null)
    {
        var woken = await rows.With(async db =>
        {
            var waiting = await db.Ingests.Where(i => i.Waiting && (asset == null || i.AssetId == asset)).ToListAsync();
            foreach (var ingest in waiting)
            {
                var other = await db.Assets.AsNoTracking().SingleOrDefaultAsync(a => a.Id == ingest.AssetId);
                if (other is null || other.Complete || !await db.EncodingIngests().AnyAsync(i => i.Id == other.IngestId)) ingest.StopWaiting(clock.GetUtcNow());
            }

            return await db.SaveChangesAsync();
        });
        if (woken > 0) signal.Work();
    }
}

using Streaming.Kernel;
using Streaming.Users;

namespace Streaming.Recommendations.Home;

/// <summary>
/// Candidate rows for a few seconds, apart for every maturity limit and for those who see all titles: by that the catalogue decides
/// what it shows to a caller. So there are never more than 20 entries. Of many who miss one at once the first gathers it, and the
/// others wait for that.
/// </summary>
internal sealed class RowCache(TimeProvider clock)
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(5);

    private readonly Slot[] _slots = [.. Enumerable.Range(0, ViewerCaller.AnyMaturity + 2).Select(_ => new Slot())];

    public async Task<Result<HomeRow[]>> Get(Caller caller, Func<CancellationToken, Task<Result<HomeRow[]>>> gather, CancellationToken ct)
    {
        var slot = _slots[Index(caller)];
        if (Fresh(slot) is { } known) return known.Rows;
        await slot.Gate.WaitAsync(ct);
        try
        {
            if (Fresh(slot) is { } meanwhile) return meanwhile.Rows;
            var gathered = await gather(ct);
            // What went wrong for one is not kept for the others: the next one tries for itself.
            if (gathered.TryGet(out var rows, out _)) slot.Entry = new Entry(rows, clock.GetTimestamp());
            return gathered;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private Entry? Fresh(Slot slot) => slot.Entry is { } entry && clock.GetElapsedTime(entry.Made) < _lifetime ? entry : null;

    private static int Index(Caller caller) => caller.SeesAllTitles
        ? ViewerCaller.AnyMaturity + 1
        : Math.Clamp(caller.MaturityLimit, ViewerCaller.StrictestMaturity, ViewerCaller.AnyMaturity);

    private sealed record Entry(HomeRow[] Rows, long Made);

    private sealed class Slot
    {
        private volatile Entry? _entry;

        public SemaphoreSlim Gate { get; } = new(1);

        public Entry? Entry
        {
            get => _entry;
            set => _entry = value;
        }
    }
}

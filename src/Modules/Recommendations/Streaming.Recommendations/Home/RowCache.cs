using Streaming.Kernel;
using Streaming.Users;

namespace Streaming.Recommendations.Home;

/// <summary>
/// Candidate rows for a few seconds, apart for every maturity limit and for those who see all titles: by that the catalogue decides
/// what it shows to a caller. So there are never more than 20 entries.
/// </summary>
internal sealed class RowCache(TimeProvider clock)
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(5);

    private readonly Entry?[] _entries = new Entry?[ViewerCaller.AnyMaturity + 2];

    public IReadOnlyList<HomeRow>? Find(Caller caller) =>
        Volatile.Read(ref _entries[Slot(caller)]) is { } entry && clock.GetElapsedTime(entry.Made) < _lifetime ? entry.Rows : null;

    public void Keep(Caller caller, IReadOnlyList<HomeRow> rows) => Volatile.Write(ref _entries[Slot(caller)], new Entry(rows, clock.GetTimestamp()));

    private static int Slot(Caller caller) => caller.SeesAllTitles
        ? ViewerCaller.AnyMaturity + 1
        : Math.Clamp(caller.MaturityLimit, ViewerCaller.StrictestMaturity, ViewerCaller.AnyMaturity);

    private sealed record Entry(IReadOnlyList<HomeRow> Rows, long Made);
}

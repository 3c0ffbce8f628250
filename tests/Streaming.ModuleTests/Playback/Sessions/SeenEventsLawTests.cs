using FsCheck;
using FsCheck.Fluent;
using Streaming.Playback.Sessions;

namespace Streaming.ModuleTests.Playback.Sessions;

/// <summary>Whatever the network does to the batches of a session, what is counted is the same.</summary>
internal sealed class SeenEventsLawTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<Moment[]> Sessions =
        (from kind in Gen.Elements(PlayerEvents.All.ToArray())
         from seconds in Gen.Choose(0, 20)
         from position in Gen.Choose(0, 200)
         select (kind, seconds, position)).NonEmptyListOf()
        .Select(list => list.Select((e, i) => new Moment(i, e.kind, Start.AddSeconds(list.Take(i + 1).Sum(x => x.seconds)), e.position, null, null)).ToArray());

    [Test]
    public void Order_and_repetition_do_not_matter() => Prop.ForAll(
        (from session in Sessions
         from arrival in Gen.Shuffle(session.Concat(session.Take(5)).ToArray())
         select (session, arrival)).ToArbitrary(),
        run => Same(Count(run.session, 1), Count(run.arrival, 1))).QuickCheckThrowOnFailure();

    [Test]
    public void Batches_of_any_size_do_not_matter() => Prop.ForAll(
        (from session in Sessions from size in Gen.Choose(1, 7) select (session, size)).ToArbitrary(),
        run => Same(Count(run.session, int.MaxValue), Count(run.session, run.size))).QuickCheckThrowOnFailure();

    [Test]
    public void Nobody_watches_longer_than_the_clock_ran() => Prop.ForAll(
        Sessions.ToArbitrary(), session => Count(session, 3).Watched <= (session[^1].At - session[0].At).TotalSeconds + 1e-6).QuickCheckThrowOnFailure();

    private static Tally Count(Moment[] arrival, int size)
    {
        var (text, sum) = ("", new Tally());
        foreach (var batch in arrival.Chunk(size))
        {
            var seen = SeenEvents.Parse(text);
            foreach (var moment in batch) sum += seen.Add(moment) ?? new Tally();
            text = seen.Text;
        }

        return sum;
    }

    private static bool Same(Tally a, Tally b) => Math.Abs(a.Watched - b.Watched) < 1e-6 && Math.Abs(a.Stalled - b.Stalled) < 1e-6;
}

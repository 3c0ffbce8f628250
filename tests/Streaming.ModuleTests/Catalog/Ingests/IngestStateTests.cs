using FsCheck;
using FsCheck.Fluent;
using Streaming.Catalog.Ingests;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Streaming.ModuleTests.Catalog.Ingests;

/// <summary>Whatever is done to an ingest in whatever order, it stays within the table below, which is written down here once more.</summary>
internal sealed class IngestStateTests
{
    private static readonly string[] _work = ["verifying", "probed", "encoding-base", "playable", "encoding-full", "finalising"];

    private static readonly Dictionary<string, string[]> _may = new()
    {
        ["receiving"] = ["verifying", "deleting"],
        ["verifying"] = ["probed", "ready", "rejected", "paused", "failed", "cancelled", "deleting"],
        ["probed"] = ["encoding-base", "paused", "failed", "cancelled", "deleting"],
        ["encoding-base"] = ["playable", "paused", "failed", "cancelled", "deleting"],
        ["playable"] = ["encoding-full", "finalising", "paused", "failed", "cancelled", "deleting"],
        ["encoding-full"] = ["finalising", "paused", "failed", "cancelled", "deleting"],
        ["finalising"] = ["ready", "paused", "failed", "cancelled", "deleting"],
        ["ready"] = ["deleting"],
        ["paused"] = [.. _work, "cancelled", "deleting"],
        ["failed"] = [.. _work, "deleting"],
        ["rejected"] = ["deleting"],
        ["cancelled"] = [.. _work, "deleting"],
        ["deleting"] = [],
    };

    private static readonly (string Name, Action<Ingest> Do)[] _steps =
    [
        ("received", i => i.Received("ab", Now)),
        ("probe", i => i.Probe(Guid.Empty, ["v240", "v360", "v480"], Now)),
        ("done", i => i.AlreadyDone(Guid.Empty, Now)),
        ("base", i => i.Advance(IngestState.EncodingBase, Now)),
        ("playable", i => i.Advance(IngestState.Playable, Now)),
        ("full", i => i.Advance(IngestState.EncodingFull, Now)),
        ("finalising", i => i.Advance(IngestState.Finalising, Now)),
        ("ready", i => i.Advance(IngestState.Ready, Now)),
        ("pause", i => i.Pause(Ingest.DiskLow, "full", Now)),
        ("resume", i => i.Resume(Now)),
        ("fail", i => i.Fail("encoder-failed", "it failed", retryable: true, Now)),
        ("truncated", i => i.Fail(Ingest.TruncatedSource, "short", retryable: false, Now, decodableSeconds: 4)),
        ("reject", i => i.Reject("not-media", "no film", Now)),
        ("delete", i => i.Delete(Now)),
        ("cancel", i => i.Cancel(Now)),
        ("retry", i => i.Retry(Now, fromVerifying: false)),
        ("anyway", i => i.PublishAnyway(Now)),
        ("drop", i => i.DropRung(null, Now)),
    ];

    private static DateTimeOffset Now => new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Property(MaxTest = 2000)]
    public Property Any_sequence_of_steps_takes_only_legal_ways() => Prop.ForAll(
        Gen.Choose(0, _steps.Length - 1).ListOf().ToArbitrary(), steps =>
        {
            var ingest = New();
            foreach (var step in steps)
            {
                var (before, version, actions) = (ingest.State, ingest.Version, ingest.Actions);
                try
                {
                    _steps[step].Do(ingest);
                }
                catch (InvalidOperationException)
                {
                    Assert.That((ingest.State, ingest.Version), Is.EqualTo((before, version)), $"{_steps[step].Name} was refused but left a trace");
                }

                var (from, to) = (before.Name(), ingest.State.Name());
                if (from != to) Assert.That(_may[from], Does.Contain(to), _steps[step].Name);
                if (ingest.State != before) Assert.That(ingest.Version, Is.GreaterThan(version));
                var stopped = to is "paused" or "failed" or "rejected";
                Assert.That(ingest.FailureCode is not null, Is.EqualTo(stopped || (to == "deleting" && ingest.FailureCode is not null)), to);
                Assert.That(ingest.Actions.Contains("retry"), Is.EqualTo(to is "paused" or "cancelled" || (to == "failed" && ingest.FailureRetryable)));
                Assert.That(ingest.Actions.Contains("cancel"), Is.EqualTo(to == "paused" || _work.Contains(to)));
                Assert.That(!ingest.Actions.Contains("publish-anyway") || (to == "failed" && ingest.DecodableSeconds > 0));
                Assert.That(ingest.RungNames.FirstOrDefault("v240"), Is.EqualTo("v240"), "the lowest rung is never dropped");
                if (_steps[step].Name is "cancel" or "retry" && !actions.Contains(_steps[step].Name)) Assert.That(ingest.State, Is.EqualTo(before));
            }
        });

    [Test]
    public void The_table_of_the_entity_is_the_table_of_this_test()
    {
        foreach (var from in Enum.GetValues<IngestState>())
            Assert.That(
                Enum.GetValues<IngestState>().Where(to => from.MayBecome(to)).Select(s => s.Name()).Order(), Is.EqualTo(_may[from.Name()].Order()), from.Name());
    }

    [TestCase(IngestState.EncodingBase)]
    [TestCase(IngestState.EncodingFull)]
    public void What_was_stopped_goes_on_where_it_stopped(IngestState state)
    {
        var ingest = New();
        ingest.Received("ab", Now);
        ingest.Probe(Guid.Empty, ["v240", "v360"], Now);
        ingest.Advance(IngestState.EncodingBase, Now);
        if (state == IngestState.EncodingFull)
        {
            ingest.Advance(IngestState.Playable, Now);
            ingest.Advance(IngestState.EncodingFull, Now);
        }

        ingest.Pause(Ingest.DiskLow, "full", Now);
        Assert.That(ingest.Cancel(Now).Error, Is.Null);
        Assert.That(ingest.Retry(Now, fromVerifying: false).Error, Is.Null);
        Assert.That((ingest.State, ingest.StoppedIn, ingest.FailureCode), Is.EqualTo((state, (IngestState?)null, (string?)null)));
    }

    private static Ingest New() => Ingest.Begin(Guid.Empty, new NewIngest("a.mp4", null, null, false), 10, null, Now);
}

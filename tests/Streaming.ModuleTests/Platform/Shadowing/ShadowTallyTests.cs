using Streaming.Platform.Dial.Shadowing;

namespace Streaming.ModuleTests.Platform.Shadowing;

public sealed class ShadowTallyTests
{
    private static readonly AnswerDifference _name = new("$.value.name", "\"A\"", "\"B\"");
    private static readonly AnswerDifference _at = new("$.value.at", "1", "2");

    [Test]
    public void A_wrong_field_is_a_mismatch_and_is_named_with_its_contract()
    {
        var tally = new ShadowTally(1);
        tally.Same(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(4));
        tally.Differs("catalog.title", [_name], new HashSet<string>(), hasRaced: false);
        var report = tally.Report;
        Assert.Multiple(() =>
        {
            Assert.That((report.Compared, report.Same, report.Mismatched), Is.EqualTo((2, 1, 1)));
            Assert.That(report.Mismatches.Single().Contract, Is.EqualTo("catalog.title"));
            Assert.That(report.Mismatches.Single().Differences, Is.EqualTo(new[] { _name }));
        });
    }

    [Test]
    public void What_differs_between_two_answers_of_this_process_is_noise_from_then_on_and_the_rest_still_counts()
    {
        var tally = new ShadowTally(1);
        tally.Differs("catalog.title", [_at], new HashSet<string> { _at.Path }, hasRaced: false);
        tally.Differs("catalog.title", [_at], new HashSet<string>(), hasRaced: false);
        tally.Differs("catalog.title", [_at, _name], new HashSet<string>(), hasRaced: false);
        tally.Differs("catalog.titles", [_at], new HashSet<string>(), hasRaced: false);
        var report = tally.Report;
        Assert.Multiple(() =>
        {
            Assert.That((report.Noisy, report.Mismatched), Is.EqualTo((2, 2)));
            Assert.That(report.Noise, Is.EqualTo(new[] { "catalog.title $.value.at" }));
            Assert.That(report.Mismatches[0].Differences, Is.EqualTo(new[] { _name }));
        });
    }

    [Test]
    public void What_has_changed_in_between_is_no_mismatch()
    {
        var tally = new ShadowTally(1);
        tally.Differs("catalog.title", [_name], new HashSet<string>(), hasRaced: true);
        Assert.That((tally.Report.Raced, tally.Report.Mismatched), Is.EqualTo((1, 0)));
    }
}

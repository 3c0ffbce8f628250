using Streaming.Kernel;
using Streaming.Platform.Dial.Shadowing;

namespace Streaming.ModuleTests.Platform.Shadowing;

public sealed class AnswerComparisonTests
{
    private sealed record Item(string Name, int? Year);

    private sealed record Answer(IReadOnlyList<Item> Items, IReadOnlyDictionary<string, string> Tags);

    private static readonly Answer _answer = new([new Item("A Walk", 2025), new Item("A Talk", 2024)], new Dictionary<string, string> { ["a"] = "1" });

    [Test]
    public void Answers_that_are_the_same_do_not_differ() =>
        Assert.That(AnswerComparison.Of<Result<Answer>>(_answer, _answer with { Items = [.. _answer.Items] }), Is.Empty);

    [Test]
    public void A_member_that_differs_is_named_by_its_path_once_for_all_places_of_a_list() => Assert.That(
        AnswerComparison.Of<Result<Answer>>(_answer, _answer with { Items = [new Item("A Walk", 1), new Item("A Talk", 2)] }),
        Is.EqualTo(new[] { new AnswerDifference("$.value.items[].year", "2025", "1") }));

    [Test]
    public void What_one_side_has_and_the_other_not_is_a_difference() => Assert.That(
        AnswerComparison.Of<Result<Answer>>(_answer, new Answer([new Item("A Walk", null)], new Dictionary<string, string> { ["b"] = "1" })).Select(d => (d.Path, d.Here, d.There)),
        Is.EquivalentTo(new[]
        {
            ("$.value.items[].year", "2025", null), ("$.value.items[]", "2 of them", "1 of them"), ("$.value.tags.a", "\"1\"", null), ("$.value.tags.b", null, "\"1\""),
        }));

    [Test]
    public void An_error_and_a_value_differ() => Assert.That(
        AnswerComparison.Of<Result<Answer>>(_answer, Error.NotFound("title", 1)).Select(d => d.Path), Is.EquivalentTo(new[] { "$.value", "$.error" }));

    [Test]
    public void What_is_shown_of_a_difference_is_short()
    {
        var found = AnswerComparison.Of<Result<Answer>>(_answer, _answer with { Items = [new Item(new string('x', 500), 2025), _answer.Items[1]] });
        Assert.That(found.Single().There, Has.Length.EqualTo(81).And.EndsWith("…"));
    }
}

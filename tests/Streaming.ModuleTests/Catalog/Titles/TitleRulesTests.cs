using Streaming.Catalog.Titles;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using static Streaming.ModuleTests.Catalog.Titles.TitlesHost;

namespace Streaming.ModuleTests.Catalog.Titles;

internal sealed class TitleRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static IEnumerable<TestCaseData> Wrong =>
    [
        new(Content(""), "Name"),
        new(Content("   "), "Name"),
        new(Content(new string('n', 201)), "Name"),
        new(Content("two\nlines"), "Name"),
        new(Content("bell\u0007"), "Name"),
        new(Content("x") with { Synopsis = new string('s', 2001) }, "Synopsis"),
        new(Content("x") with { Synopsis = "nul\0" }, "Synopsis"),
        new(Content("x") with { Year = 1887 }, "Year"),
        new(Content("x") with { Year = 2101 }, "Year"),
        new(Content("x") with { Genres = [.. Enumerable.Range(0, 21).Select(i => $"g{i}")] }, "Genres"),
        new(Content("x", 0, "Drama"), "Genres"),
        new(Content("x", 0, ""), "Genres"),
        new(Content("x", 0, "a  b"), "Genres"),
        new(Content("x", 0, "drama", "drama"), "Genres"),
        new(Content("x", 0, [null!]), "Genres"),
        new(Content("x") with { Cast = [.. Enumerable.Range(0, 101).Select(i => $"c{i}")] }, "Cast"),
        new(Content("x") with { Cast = [" "] }, "Cast"),
        new(Content("x", 12), "Maturity"),
        new(Content("x", -1), "Maturity"),
        new(Content("x") with { AvailableFrom = Noon, AvailableUntil = Noon }, "AvailableUntil"),
    ];

    [TestCaseSource(nameof(Wrong))]
    public void A_wrong_member_is_named(TitleContent content, string field) =>
        Assert.That(new TitleRules().Validate(content).Errors.Select(e => e.PropertyName).Distinct(), Is.EqualTo([field]));

    [Test]
    public void What_is_at_the_limits_is_right() => Assert.That(new TitleRules().Validate(new TitleContent
    {
        Name = new string('n', 200),
        Synopsis = new string('s', 1999) + "\n",
        Year = 1888,
        Genres = ["science fiction", "film-noir", "été", "80s"],
        Cast = [.. Enumerable.Repeat("Ada", 100)],
        Maturity = 18,
        AvailableFrom = Noon,
        AvailableUntil = Noon.AddMilliseconds(1),
    }).Errors, Is.Empty);

    [Test]
    public async Task The_field_is_named_as_it_was_sent()
    {
        await using var titles = await TitlesHost.Start(Engine.Sqlite, DialMode.InProcess);
        Assert.That((await titles.Edit(Guid.CreateVersion7(), 1, Content("", 5) with { Year = 3 })).Error?.Fields?.Keys, Is.EquivalentTo(["name", "maturity", "year"]));
    }

    [TestCase("Amélie", "amelie")]
    [TestCase(" ÆON Straße ", "aeon strasse")]
    [TestCase("Łódź", "lodz")]
    [TestCase("七人の侍", "七人の侍")]
    public void Names_are_folded(string name, string folded) => Assert.That(FoldedText.Of(name), Is.EqualTo(folded));

    [TestCase("genre", "genres")]
    [TestCase("titel", "name")]
    [TestCase("title", "name")]
    [TestCase("nmae", "name")]
    [TestCase("availabelFrom", "availableFrom")]
    [TestCase("maturty", "maturity")]
    public void A_misspelling_names_the_nearest(string name, string meant) =>
        Assert.That(Members.Mistakes([name], [])?.Fields?[name].Single(), Does.EndWith($"'{meant}'?"));

    [TestCase("colour")]
    [TestCase("id")]
    [TestCase("x")]
    [TestCase("tags")]
    public void What_nobody_could_have_meant_is_let_be(string name) => Assert.That(Members.Mistakes([name], ["id"]), Is.Null);

    private static Spelling Members => new(["name", "genres", "cast", "maturity", "availableFrom"], new Dictionary<string, string> { ["title"] = "name" });
}

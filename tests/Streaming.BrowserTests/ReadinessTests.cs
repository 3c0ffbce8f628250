using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Which module could leave, and how its rehearsals went: pages that are drawn where they are answered.</summary>
internal sealed class ReadinessTests : BrowserTest
{
    private const string Rehearsal = "20260105-120000-catalog";

    private const string Guard = """
        {"epoch":7,"callsHere":400,"callsThere":100,"failedHere":0,"failedThere":1,"slowHere":2,"slowThere":3,"failedE":1.5,"slowE":0.7,"p50HereMs":2,"p50ThereMs":2.6,"p99HereMs":8,"p99ThereMs":11}
        """;

    [OneTimeSetUp]
    public static async Task Keep()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Host.Folder, "rehearsals")).FullName;
        string[] steps = [.. new[] { "1 %", "5 %", "25 %", "50 %", "100 %" }.Select(name => $$$"""{"name":"{{{name}}}","seconds":10,"guard":{{{Guard}}},"cost":{"requests":1000,"hostCpuSeconds":2,"instanceCpuSeconds":1}}""")];
        await File.WriteAllTextAsync(Path.Combine(folder, Rehearsal + ".json"), $$"""
            {"module":"catalog","injection":"none","at":"2026-01-05T12:00:00Z","version":"1.0","steps":[{{string.Join(',', steps)}}],"load":{"requests":5000,"failed":0,"p50Ms":3,"p99Ms":9},"verdict":"ready","reason":""}
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "20260104-120000-catalog.json"), "{");
    }

    [Test]
    public async Task From_the_flight_deck_one_comes_to_a_module_and_to_what_would_be_added()
    {
        var visitor = await Operator();
        var page = visitor.Page;
        await page.GotoAsync("/titles/" + Guid.CreateVersion7());
        visitor.Excuse("404");
        await page.GotoAsync("/operations");
        await page.GetByRole(AriaRole.Link, new() { Name = "Readiness", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Which module could leave?");
        await Expect(page.Locator(".ready-card")).ToHaveCountAsync(6);
        await Expect(page.Locator(".graph-wide .graph-node")).ToHaveCountAsync(7);

        await page.Locator(".ready-card", new() { HasText = "Catalog" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Catalog: ");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "catalog.genre-shelves" }).First).ToBeVisibleAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Markdown" }).ClickAsync());
        Assert.That(download.SuggestedFilename, Is.EqualTo("readiness-catalog.md"));
        Assert.That((await File.ReadAllLinesAsync(await download.PathAsync()))[0], Does.StartWith("# Readiness of catalog, "));
    }

    [Test]
    public async Task A_rehearsal_is_seen_step_by_step()
    {
        var visitor = await Operator();
        var page = visitor.Page;
        await page.GotoAsync("/operations/rehearsals");
        await Expect(page.GetByText("Unreadable")).ToBeVisibleAsync();
        await page.Locator($"a[href$='{Rehearsal}']").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Catalog: ready");
        await Expect(page.Locator(".plot")).ToHaveCountAsync(5);
        Assert.That(await page.Locator(".plot-stage").First.GetAttributeAsync("aria-label"), Is.EqualTo("A call in the middle (p50), ms. here: 1 % 2 ms, 5 % 2 ms, 25 % 2 ms, 50 % 2 ms, 100 % 2 ms. there: 1 % 2.6 ms, 5 % 2.6 ms, 25 % 2.6 ms, 50 % 2.6 ms, 100 % 2.6 ms."));
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "25 %" })).ToContainTextAsync("11");
    }

    [Test]
    public async Task They_fit_a_phone_and_whoever_depends_on_assistive_technology([Values(390, 1440)] int width)
    {
        var visitor = await Visit(null, width, 900, phone: width < 800);
        await visitor.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        var page = visitor.Page;
        foreach (var path in new[] { "/operations/readiness", "/operations/readiness/recommendations", "/operations/rehearsals", $"/operations/rehearsals/{Rehearsal}" })
        {
            await page.GotoAsync(path);
            foreach (var more in await page.Locator(".ready-more summary").AllAsync()) await more.ClickAsync();
            var found = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
            Assert.That(found.Violations.Select(v => $"{path}: {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}"), Is.Empty);
            Assert.That(await visitor.Read<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), $"{path} is wider than the screen");
        }
    }

    [TestCase("/operations/readiness/nothing", "There is no such module")]
    [TestCase("/operations/rehearsals/20260101-120000-nothing", "There is no such rehearsal")]
    [TestCase("/operations/rehearsals/20260104-120000-catalog", "This rehearsal cannot be read")]
    public async Task What_is_not_there_is_said(string path, string words)
    {
        var visitor = await Operator();
        await visitor.Page.GotoAsync(path);
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(words);
        visitor.Excuse("404");
        visitor.Excuse("409");
    }
}

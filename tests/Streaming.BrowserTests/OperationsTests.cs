using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>The flight deck: what those see who run the place, and what they can do from there.</summary>
internal sealed partial class OperationsTests : BrowserTest
{
    private const string Dependency = "catalog.playable";

    [Test]
    public async Task Charts_appear_and_move_with_the_traffic()
    {
        var visitor = await Open();
        var page = visitor.Page;
        await Expect(page.Locator(".deck-chart canvas")).ToHaveCountAsync(9);
        await Expect(page.Locator("[data-state]")).ToContainTextAsync("Live");

        using var client = await Host.SignedIn();
        using var stop = new CancellationTokenSource();
        var load = Load(client, stop.Token);
        // At least five a second, in words, in a tile and in a chart's legend.
        await visitor.Until("parseFloat(document.querySelector('[data-tile=requests] dd').textContent) >= 5");
        await visitor.Until("parseFloat([...document.querySelectorAll('[data-chart=traffic] .chart-key')].find(k => k.textContent.startsWith('Browse')).lastChild.textContent) >= 5");
        await stop.CancelAsync();
        await load;

        Assert.That(await visitor.Read<string>("document.querySelector('[data-tile=requests] .deck-line').getAttribute('d')"), Does.Match("^M[0-9. L]+$"));
        Assert.That(await page.Locator("[data-chart=latency] [data-plot]").GetAttributeAsync("aria-label"), Does.Match(@"Latency\. p50: now .+, at most [0-9.]+ (ms|s)"));
        await page.Locator("[data-chart=latency] summary").ClickAsync();
        await Expect(page.Locator("[data-chart=latency] tbody tr")).ToHaveCountAsync(3);
    }

    [Test]
    public async Task A_circuit_that_is_opened_shows_itself_with_what_to_do_and_is_closed_by_a_button()
    {
        using var client = await Host.SignedIn();
        await client.PostAsJsonAsync("/api/playback/sessions", new { titleId = Guid.CreateVersion7() });
        var visitor = await Open();
        var page = visitor.Page;
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Heading("Dependencies") }).ClickAsync();
        await page.GetByLabel("Filter Dependencies").FillAsync(Dependency);
        var row = page.Locator("[data-panel=dependencies] tbody tr");
        await Expect(row).ToHaveCountAsync(1);

        try
        {
            var isolate = row.GetByRole(AriaRole.Button, new() { Name = $"Isolate {Dependency}" });
            await isolate.ClickAsync();
            await Expect(row.GetByText("closed", new() { Exact = true })).ToBeVisibleAsync();
            await row.GetByRole(AriaRole.Button, new() { Name = "Refuse every call?" }).ClickAsync();

            var alert = page.Locator("[data-alerts] li", new() { HasText = $"{Dependency} is isolated by hand" });
            await Expect(alert).ToBeVisibleAsync();
            // Two seconds are asked for; on a machine that is busy with other tests there is some room.
            Assert.That(await visitor.Read<double>("performance.now() - window.deckPressed"), Is.LessThan(4_000));
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("a look");
            await alert.GetByText("What to do").ClickAsync();
            await Expect(alert).ToContainTextAsync("docs/operations/resilience.md");
            await Expect(page).ToHaveTitleAsync(AlertTitle());
        }
        finally
        {
            await row.GetByRole(AriaRole.Button, new() { Name = $"Close {Dependency}" }).ClickAsync();
            await row.GetByRole(AriaRole.Button, new() { Name = "Let calls through?" }).ClickAsync();
        }

        await Expect(page.Locator("[data-alerts]")).Not.ToContainTextAsync(Dependency);
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = $"Isolate {Dependency}" })).ToBeVisibleAsync();
    }

    [Test]
    public async Task A_panel_opens_itself_when_something_is_wrong_with_it()
    {
        using var client = await Host.SignedIn();
        await client.PostAsJsonAsync("/api/playback/sessions", new { titleId = Guid.CreateVersion7() });
        var visitor = await Open();
        var panel = visitor.Page.Locator("[data-panel=dependencies]");
        await Expect(panel.Locator("[data-body]")).ToBeHiddenAsync();

        await client.PostAsync($"/ops/resilience/playback/{Dependency}/isolate", null);
        try
        {
            await Expect(panel.Locator("[data-body]")).ToBeVisibleAsync();
            await Expect(panel.Locator(".deck-advice")).ToContainTextAsync("press Close");
            await Expect(panel.Locator("tbody tr").First).ToContainTextAsync(Dependency);
        }
        finally
        {
            await client.PostAsync($"/ops/resilience/playback/{Dependency}/close", null);
        }
    }

    [Test]
    public async Task A_lost_connection_is_told_and_heals_by_itself()
    {
        var visitor = await Open();
        var page = visitor.Page;
        await Expect(page.Locator("[data-state]")).ToContainTextAsync("Live");
        await page.RouteAsync("**/ops/live**", route => route.AbortAsync());
        await page.ReloadAsync();
        await Expect(page.Locator("[data-offline]")).ToContainTextAsync("Not connected since");

        await page.UnrouteAsync("**/ops/live**");
        await Expect(page.Locator("[data-offline]")).ToBeHiddenAsync();
        await Expect(page.Locator("[data-state]")).ToContainTextAsync("Live");
        visitor.Excuse("net::ERR");
    }

    [Test]
    public async Task Everything_is_reached_and_used_by_keyboard()
    {
        var visitor = await Open();
        var page = visitor.Page;
        await page.Locator("[data-minutes='15']").FocusAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[data-minutes='5']")).ToHaveAttributeAsync("aria-pressed", "true");

        await page.Locator("[data-chart=latency] [data-plot]").FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator("[data-chart=latency] .chart-time")).ToHaveTextAsync(ClockTime());
        await Expect(page.Locator("[data-chart=traffic] .chart-time")).ToHaveTextAsync(ClockTime());

        var panel = page.Locator("[data-panel=routes]");
        await panel.Locator("h2 button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var heading = panel.GetByRole(AriaRole.Button, new() { Name = "In 5 minutes" });
        await heading.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(panel.Locator("th[aria-sort=descending]")).ToContainTextAsync("In 5 minutes");
        var counts = await panel.Locator("tbody tr td:nth-child(8)").AllInnerTextsAsync();
        Assert.That(counts.Select(c => c.EndsWith('k') ? 1000 * double.Parse(c[..^1], CultureInfo.InvariantCulture) : double.Parse(c, CultureInfo.InvariantCulture)), Is.Ordered.Descending);

        var download = await page.RunAndWaitForDownloadAsync(() => panel.GetByRole(AriaRole.Button, new() { Name = "Export CSV of Routes" }).PressAsync("Enter"));
        var csv = await File.ReadAllLinesAsync(await download.PathAsync());
        Assert.That((download.SuggestedFilename, csv[0]), Is.EqualTo(("routes.csv", "Route,Method,Class,Requests,Errors,p50,p99,In 5 minutes,5xx,4xx,Refused")));
        Assert.That(csv, Has.Length.GreaterThan(2));
    }

    [Test]
    public async Task With_every_panel_open_it_fits_a_phone_and_whoever_depends_on_assistive_technology([Values(390, 834, 1440)] int width)
    {
        var visitor = await Visit(null, width, 900, phone: width < 800);
        await visitor.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        var page = visitor.Page;
        await page.GotoAsync("/operations");
        await Expect(page.Locator(".deck-chart canvas")).ToHaveCountAsync(9);
        foreach (var button in await page.Locator(".deck-panel h2 button").AllAsync())
            if (await button.GetAttributeAsync("aria-expanded") == "false") await button.ClickAsync();
        await Expect(page.Locator("[data-panel=modules] tbody tr")).ToHaveCountAsync(6);

        var found = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        Assert.That(found.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}"), Is.Empty);
        Assert.That(await visitor.Read<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), "the page is wider than the screen");
    }

    [Test]
    public async Task Nothing_jumps_when_the_figures_arrive()
    {
        var visitor = await Operator();
        await visitor.Page.AddInitScriptAsync("""
            window.deckShift = 0;
            new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.deckShift += entry.value; }).observe({ type: 'layout-shift', buffered: true });
            """);
        await visitor.Page.GotoAsync("/operations");
        await Expect(visitor.Page.Locator("[data-state]")).ToContainTextAsync("Live");
        await visitor.Until("document.querySelectorAll('.deck-chart canvas').length === 9");
        Assert.That(await visitor.Read<double>("window.deckShift"), Is.LessThan(0.05));
    }

    private async Task<Visitor> Open()
    {
        var visitor = await Operator();
        await visitor.Page.AddInitScriptAsync("addEventListener('click', () => (window.deckPressed = performance.now()), true);");
        await visitor.Page.GotoAsync("/operations");
        await Expect(visitor.Page.Locator(".deck-chart canvas").First).ToBeAttachedAsync();
        return visitor;
    }

    private static async Task Load(HttpClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var answer = await client.GetAsync("/api/recommendations/home", CancellationToken.None);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static Regex Heading(string title) => new($"^{title}");

    [GeneratedRegex("^● .+ · Operations$")]
    private static partial Regex AlertTitle();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d$")]
    private static partial Regex ClockTime();
}

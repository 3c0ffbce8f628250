using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Every page on a phone and on a desk; with STREAMING_SCREENSHOTS, a folder, pictures of them are left there.</summary>
internal sealed class PageTests : BrowserTest
{
    private static readonly AxeRunOptions _rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    [Test]
    public async Task Whoever_depends_on_assistive_technology_can_use_the_page(
        [Values("sign-in", "register", "profiles", "home", "title", "series", "episode", "before-play", "watch", "end", "studio", "studio-titles", "editor", "operations", "forbidden", "not-found", "error")] string name,
        [Values(390, 1440)] int width)
    {
        var visitor = await Visit(null, width, width < 800 ? 844 : 900, phone: width < 800);
        if (name is "profiles" or "forbidden") await visitor.SignIn(Library.FamilyEmail, Library.FamilyPassword, Library.ChildName);
        else if (name is not ("sign-in" or "register")) await visitor.SignIn(HostTests.Fixtures.TestHost.OperatorEmail, HostTests.Fixtures.TestHost.OperatorPassword);
        var page = visitor.Page;

        await page.GotoAsync(Address(name), new() { WaitUntil = WaitUntilState.Load });
        if (name == "before-play") await visitor.Until("document.querySelector('video').readyState >= 2");
        if (name is "watch" or "end") await Ready(visitor);
        if (name == "end")
        {
            await visitor.Read<object?>($"(document.querySelector('video').currentTime = {Library.EpisodeSeconds - 0.3:0.0}, null)");
            await Expect(page.Locator(".player-end")).ToBeVisibleAsync();
        }

        if (name == "studio") await Expect(page.Locator(".queue-name").First).ToBeVisibleAsync();

        var found = await page.RunAxe(_rules);
        Assert.That(found.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}"), Is.Empty);
        Assert.That(await visitor.Read<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), "the page is wider than the screen");
        visitor.Excuse("the server responded with a status of 40");
        if (name == "error") visitor.Excuse("the server responded with a status of 500");
        await Photograph(page, $"{name}-{width}");
    }

    private static string Address(string name) => name switch
    {
        "home" => "/",
        "title" => $"/titles/{Library.Film}",
        "series" => $"/titles/{Library.Series}",
        "episode" => $"/titles/{Library.SecondEpisode}",
        "watch" or "before-play" => $"/watch/{Library.Film}",
        "end" => $"/watch/{Library.FirstEpisode}",
        "studio-titles" => "/studio/titles",
        "editor" => $"/studio/titles/{Library.Film}",
        "forbidden" => "/studio",
        "not-found" => "/nowhere",
        _ => $"/{name}",
    };

    // Nobody has touched the page, so the browser asks for a press before it plays with sound.
    private static async Task Ready(Visitor visitor)
    {
        await visitor.Until("document.querySelector('video').readyState >= 2");
        var start = visitor.Page.Locator(".player-start");
        if (await start.IsVisibleAsync()) await start.PressAsync("Enter");
        await visitor.Moving();
    }

    private static async Task Photograph(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }
}

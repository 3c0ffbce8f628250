using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>From the address bar to the film and back, with no mouse in the house.</summary>
internal sealed class KeyboardTests : BrowserTest
{
    private Visitor _viewer = null!;

    private IKeyboard Keys => _viewer.Page.Keyboard;

    [Test]
    public async Task A_film_is_found_watched_and_left_by_keyboard_alone()
    {
        _viewer = await Visit();
        var page = _viewer.Page;
        await page.GotoAsync("/");
        await Focused("#email");
        await Keys.TypeAsync(Library.FamilyEmail);
        await TabTo("#password");
        await Keys.TypeAsync(Library.FamilyPassword);
        await Keys.PressAsync("Enter");

        await page.WaitForURLAsync("**/profiles*");
        await Focused(".profile");
        await Keys.PressAsync("Enter");

        await page.WaitForURLAsync(Host.Url.ToString());
        await TabTo("[data-row] a");
        await ToCard(Library.FilmName);
        await Keys.PressAsync("Enter");

        await page.WaitForURLAsync($"**/titles/{Library.Film}");
        await TabTo(".title-actions a");
        await Keys.PressAsync("Enter");

        await page.WaitForURLAsync($"**/watch/{Library.Film}");
        await _viewer.Moving();
        await Keys.PressAsync("k");
        await _viewer.Until("streamingPlayer.state.paused");
        var at = await _viewer.Read<double>("streamingPlayer.state.position");
        await Keys.PressAsync("l");
        await _viewer.Until($"Math.abs(streamingPlayer.state.position - {at + 10}) < 0.5");
        await Keys.PressAsync("ArrowLeft");
        await _viewer.Until($"Math.abs(streamingPlayer.state.position - {at + 5}) < 0.5");
        await Keys.PressAsync("m");
        await _viewer.Until("document.querySelector('video').muted");
        await Keys.PressAsync("m");
        await _viewer.Until("!document.querySelector('video').muted");
        await Keys.PressAsync("c");
        await Expect(page.Locator(".captions")).ToContainTextAsync("Line");
        await Keys.PressAsync(" ");
        await _viewer.Until($"!streamingPlayer.state.paused && streamingPlayer.state.position > {at + 5.5}");

        foreach (var control in (string[])["Seek", "Pause", "Back 10 seconds", "Volume", "Audio", "Subtitles", "Quality", "Full screen"])
            await TabTo($"[aria-label='{control}']");
        await Keys.PressAsync("Escape");
        await page.WaitForURLAsync($"**/titles/{Library.Film}");
    }

    private async Task TabTo(string selector)
    {
        for (var presses = 0; presses < 30; presses++)
        {
            await Keys.PressAsync("Tab");
            await SeesFocus();
            if (await _viewer.Read<bool>($"document.activeElement.matches({Quoted(selector)})")) return;
        }

        Assert.Fail($"{selector} is not reached by Tab");
    }

    private async Task ToCard(string name)
    {
        for (var row = 0; row < 10; row++)
        {
            await Keys.PressAsync("Home");
            for (var card = 0; card < 20; card++)
            {
                await SeesFocus();
                if (await _viewer.Read<bool>($"document.activeElement.textContent.includes({Quoted(name)}) && document.activeElement.getAttribute('href').startsWith('/titles/')")) return;
                var before = await _viewer.Read<string>("document.activeElement.href");
                await Keys.PressAsync("ArrowRight");
                if (await _viewer.Read<string>("document.activeElement.href") == before) break;
            }

            await Keys.PressAsync("ArrowDown");
        }

        Assert.Fail($"{name} is not reached by arrow keys");
    }

    private async Task Focused(string selector)
    {
        await _viewer.Until($"document.activeElement?.matches({Quoted(selector)})");
        await SeesFocus();
    }

    // What has the focus is on the screen, and an outline that is not transparent shows it; a style may take a frame to get there.
    private async Task SeesFocus()
    {
        var fault = await _viewer.Read<string?>(Fault);
        for (var looks = 0; fault is not null && looks < 20; looks++)
        {
            await Task.Delay(25);
            fault = await _viewer.Read<string?>(Fault);
        }

        Assert.That(fault, Is.Null);
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    // A card shows its outline around its picture.
    private const string Fault = """
        (() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          const outlined = (part) => {
            const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(part);
            return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1.5 && !/, 0\)$/.test(outlineColor);
          };
          const box = element.getBoundingClientRect();
          const name = `${element.tagName} ${element.className} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40)}`;
          if (![element, ...element.querySelectorAll('*')].some(outlined)) return `${name}: no outline`;
          if (box.width === 0 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return `${name}: off the screen at ${JSON.stringify(box)}`;
          return null;
        })()
        """;
}

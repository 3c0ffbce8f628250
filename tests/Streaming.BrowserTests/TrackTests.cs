using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

internal sealed class TrackTests : BrowserTest
{
    private Visitor _viewer = null!;

    [SetUp]
    public async Task Watch()
    {
        _viewer = await Newcomer();
        await _viewer.Page.GotoAsync($"/titles/{Library.Film}");
        await _viewer.Play(_viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));
    }

    [Test]
    public async Task Another_subtitle_is_chosen_by_keyboard_and_shown()
    {
        await Choose("Subtitles", "Français");
        await Expect(_viewer.Page.Locator(".captions")).ToContainTextAsync("Ligne");

        await Choose("Subtitles", "English");
        await Expect(_viewer.Page.Locator(".captions")).ToContainTextAsync("Line");

        await Choose("Subtitles", "Off");
        await Expect(_viewer.Page.Locator(".captions")).ToBeEmptyAsync();
    }

    [Test]
    public async Task Another_sound_track_is_chosen_by_keyboard_and_fetched()
    {
        await _viewer.Page.RunAndWaitForRequestAsync(() => Choose("Audio", "Français"), request => request.Url.EndsWith(".m4s", StringComparison.Ordinal) && request.Url.Contains("/a1/", StringComparison.Ordinal));

        await Open("Audio");
        await Expect(_viewer.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Français" })).ToBeCheckedAsync();
        await _viewer.Page.Keyboard.PressAsync("Escape");
        var at = await _viewer.Read<double>("streamingPlayer.state.position");
        await _viewer.Until($"streamingPlayer.state.position > {at + 1}");
    }

    [Test]
    public async Task A_quality_is_chosen_by_keyboard_and_shown()
    {
        await Choose("Quality", "240p");
        await _viewer.Until("document.querySelector('video').videoHeight === 240");

        await Choose("Quality", "480p");
        await _viewer.Until("document.querySelector('video').videoHeight === 480");
    }

    private async Task Open(string menu)
    {
        await _viewer.Page.GetByRole(AriaRole.Button, new() { Name = menu, Exact = true }).FocusAsync();
        await _viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(_viewer.Page.GetByRole(AriaRole.Menu, new() { Name = menu })).ToBeVisibleAsync();
    }

    private async Task Choose(string menu, string item)
    {
        await Open(menu);
        var wanted = _viewer.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = item });
        for (var presses = 0; !await wanted.EvaluateAsync<bool>("item => item === document.activeElement"); presses++)
        {
            Assert.That(presses, Is.LessThan(8), $"{item} is not reached by arrow keys");
            await _viewer.Page.Keyboard.PressAsync("ArrowDown");
        }

        await _viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(_viewer.Page.GetByRole(AriaRole.Menu, new() { Name = menu })).ToBeHiddenAsync();
    }
}

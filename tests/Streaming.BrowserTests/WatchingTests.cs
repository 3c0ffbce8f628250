using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

internal sealed class WatchingTests : BrowserTest
{
    private const string Name = "Harbour at dawn";

    [Test]
    public async Task A_file_uploaded_in_the_browser_is_published_watched_and_resumed_on_another_device()
    {
        var file = await Clip.Make(Host.Folder, $"{Name}.mp4", 24, "426x240", "12");
        var publisher = await Operator();
        var page = publisher.Page;

        await page.GotoAsync("/studio");
        await page.Locator("[data-upload] input[type=file]").SetInputFilesAsync(file.FullName);
        await Expect(page.Locator(".upload-row")).ToContainTextAsync("Uploaded");
        var row = page.Locator(".queue-row", new() { HasText = Name });
        await Expect(row).ToHaveAttributeAsync("data-state", "ready", new() { Timeout = 60_000 });
        await row.GetByRole(AriaRole.Link, new() { Name = Name, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();
        await Expect(page.GetByText("Published", new() { Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync("/");
        await page.Locator(".card", new() { HasText = Name }).First.ClickAsync();
        await publisher.Play(page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));
        Assert.That(await publisher.Read<int>("streamingPlayer.state.stats.totalFrames"), Is.Positive);
        await page.Keyboard.PressAsync("6");
        await publisher.Until("streamingPlayer.state.position > 15 && !document.querySelector('video').seeking");
        var left = await publisher.Read<double>("streamingPlayer.state.position");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Resume" })).ToBeVisibleAsync();

        var elsewhere = await Operator();
        await elsewhere.Page.GotoAsync("/");
        await elsewhere.Play(elsewhere.Page.GetByRole(AriaRole.Region, new() { Name = "Continue watching" }).Locator(".card", new() { HasText = Name }));
        var resumed = await elsewhere.Read<double>("streamingPlayer.state.position");
        Assert.That(resumed, Is.InRange(left - 8, left + 4), $"left at {left:0.0}");
    }

    [Test]
    public async Task The_picture_follows_the_bandwidth_down_and_up_without_a_stall()
    {
        var viewer = await Newcomer();
        var page = viewer.Page;
        // Half a minute of buffer would outlast the whole film; eight seconds make it depend on the line.
        await page.RouteAsync("**/assets/player.js*", async route =>
        {
            var answer = await route.FetchAsync();
            var script = await answer.TextAsync();
            Assert.That(script, Does.Contain("maxBufferLength:30,"));
            await route.FulfillAsync(new() { Response = answer, Body = script.Replace("maxBufferLength:30,", "maxBufferLength:8,", StringComparison.Ordinal) });
        });
        var line = await page.Context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");

        await page.GotoAsync($"/titles/{Library.Film}");
        await Throttle(4000);
        await viewer.Play(page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));
        await Height("=== 480");
        await Throttle(350);
        await Height("< 480");
        var low = await viewer.Read<int>("streamingPlayer.state.height");
        await Throttle(6000);
        await Height($"> {low}");

        await viewer.Until("streamingPlayer.state.stats.switches >= 2");
        Assert.That(await viewer.Read<double>("streamingPlayer.state.stats.rebufferRatio"), Is.LessThanOrEqualTo(0.02), await viewer.PlayerState());

        Task Height(string reached) => viewer.Until($"document.querySelector('video').videoHeight {reached}", seconds: 40);

        Task Throttle(int kilobits) => line.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
        {
            ["offline"] = false,
            ["latency"] = 20,
            ["downloadThroughput"] = kilobits * 1000 / 8,
            ["uploadThroughput"] = kilobits * 1000 / 8,
        });
    }

    [Test]
    public async Task An_odd_length_ends_and_the_next_episode_is_offered()
    {
        var viewer = await Newcomer();
        var page = viewer.Page;
        await page.GotoAsync($"/titles/{Library.FirstEpisode}");
        await viewer.Play(page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));

        await viewer.Until("streamingPlayer.state.ended");

        Assert.That(await viewer.Read<double>("streamingPlayer.state.position"), Is.EqualTo(Library.EpisodeSeconds).Within(0.1));
        await Expect(page.Locator(".player-end")).ToContainTextAsync(Library.SecondName);
        var offer = page.GetByRole(AriaRole.Link, new() { Name = "Play now" });
        await Expect(offer).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**/watch/{Library.SecondEpisode}");
        await viewer.Moving();
    }
}

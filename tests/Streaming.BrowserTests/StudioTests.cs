using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>What a publisher does besides uploading one file and publishing it.</summary>
internal sealed class StudioTests : BrowserTest
{
    [Test]
    public async Task A_ready_file_says_that_it_is_a_draft_and_is_published_from_the_queue()
    {
        using var client = await Host.SignedIn();
        await client.Settled(await client.Upload(await Clip.Make(Host.Folder, "Shelf life.mp4", 2, "426x240", "12")));
        var publisher = await Operator();
        await publisher.Page.GotoAsync("/studio");
        var row = publisher.Page.Locator(".queue-row", new() { HasText = "Shelf life" });

        await Expect(row.GetByText("Draft", new() { Exact = true })).ToBeVisibleAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Publish Shelf life" }).ClickAsync();

        await Expect(row.GetByText("Published", new() { Exact = true })).ToBeVisibleAsync();
        await publisher.Page.ReloadAsync();
        await Expect(row.GetByText("Published", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Publish Shelf life" })).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_refused_file_is_dismissed_for_good()
    {
        var file = new FileInfo(Path.Combine(Host.Folder, "Shopping list.mp4"));
        await File.WriteAllTextAsync(file.FullName, "milk, bread, and no video at all");
        using var client = await Host.SignedIn();
        var refused = await client.Settled(await client.Upload(file));
        Assert.That(refused.GetProperty("state").GetString(), Is.EqualTo("rejected"));
        var publisher = await Operator();
        await publisher.Page.GotoAsync("/studio");
        var row = publisher.Page.Locator(".queue-row", new() { HasText = "Shopping list" });

        await row.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();

        await Expect(row).ToHaveCountAsync(0);
        await client.Gone(refused.GetProperty("id").GetGuid());
        await publisher.Page.ReloadAsync();
        await Expect(publisher.Page.Locator(".queue-name").First).ToBeVisibleAsync();
        await Expect(row).ToHaveCountAsync(0);
    }

    [Test]
    public async Task On_a_phone_the_buttons_of_a_failed_file_leave_its_state_to_be_read()
    {
        var whole = await Clip.Make(Host.Folder, "Half a story.whole.mp4", 12, more: ["-movflags", "+faststart"]);
        var bytes = await File.ReadAllBytesAsync(whole.FullName);
        var file = new FileInfo(Path.Combine(Host.Folder, "Half a story.mp4"));
        await File.WriteAllBytesAsync(file.FullName, bytes[..(bytes.Length * 6 / 10)]);
        using var client = await Host.SignedIn();
        var failed = await client.Settled(await client.Upload(file));
        Assert.That(failed.GetProperty("state").GetString(), Is.EqualTo("failed"), failed.ToString());
        var visitor = await Visit(null, 390, 844, phone: true);
        await visitor.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        await visitor.Page.GotoAsync("/studio");
        var row = visitor.Page.Locator(".queue-row", new() { HasText = "Half a story" });
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Publish anyway" })).ToBeVisibleAsync();

        var state = await row.GetByText("Failed", new() { Exact = true }).BoundingBoxAsync();
        var button = await row.GetByRole(AriaRole.Button, new() { Name = "Publish anyway" }).BoundingBoxAsync();

        Assert.That(button!.Y >= state!.Y + state.Height || button.X >= state.X + state.Width, $"the state is at {state.X}+{state.Width}, the button at {button.X}");
        await Expect(visitor.Page.Locator("[data-queue-summary]")).ToContainTextAsync("attention");
    }

    [TestCase(390, 130)]
    [TestCase(1440, 90)]
    public async Task A_row_of_the_queue_is_no_taller_than_what_it_says(int width, int height)
    {
        var visitor = await Visit(null, width, 844, phone: width < 800);
        await visitor.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        await visitor.Page.GotoAsync("/studio");
        await Expect(visitor.Page.Locator(".queue-name").First).ToBeVisibleAsync();

        var tallest = await visitor.Read<double>("Math.max(...[...document.querySelectorAll('.queue-row[data-state=ready]')].map((row) => row.offsetHeight))");

        Assert.That(tallest, Is.LessThanOrEqualTo(height));
    }

    [Test]
    public async Task A_picture_chosen_in_the_editor_is_what_viewers_see_next()
    {
        var picture = Path.Combine(Host.Folder, "picture.png");
        await Clip.Run("ffmpeg", ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "color=red:size=640x360:duration=1:rate=1", "-frames:v", "1", picture]);
        var publisher = await Operator();
        var page = publisher.Page;
        await page.GotoAsync($"/studio/titles/{Library.Grown}");
        var shown = page.Locator(".preview img");
        var before = await shown.CountAsync() == 0 ? "" : await shown.GetAttributeAsync("src");

        await page.GetByLabel("Synopsis").FillAsync("They paint the town red.");
        await page.Locator("[data-artwork]").SetInputFilesAsync(picture);

        await Expect(shown).Not.ToHaveAttributeAsync("src", before!);
        await Expect(page.GetByLabel("Synopsis")).ToHaveValueAsync("They paint the town red.");
        await Expect(page.Locator("[data-history]")).ToContainTextAsync("Changed artwork");
        Assert.That((await publisher.Api.GetAsync((await shown.GetAttributeAsync("src"))!)).Headers["content-type"], Is.EqualTo("image/jpeg"));

        await page.Locator("[data-artwork]").SetInputFilesAsync(new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = "no picture"u8.ToArray() });
        await Expect(page.Locator("[data-status]")).ToContainTextAsync("not JPEG, PNG or WebP");
        publisher.Excuse("status of 422");
    }

    [Test]
    public async Task An_upload_goes_on_where_it_was_when_the_page_was_closed()
    {
        // Noise is what an encoder cannot make small: enough to be interrupted in the middle.
        var file = await Clip.Make(Host.Folder, "Broken off.mp4", 3, "426x240", "24", "-vf", "noise=alls=80:allf=t", "-qp", "8");
        var publisher = await Operator();
        var page = publisher.Page;
        var line = await page.Context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");
        await line.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
        {
            ["offline"] = false,
            ["latency"] = 0,
            ["downloadThroughput"] = -1,
            ["uploadThroughput"] = (int)(file.Length / 12),
        });
        await page.GotoAsync("/studio");
        await page.Locator("[data-upload] input[type=file]").SetInputFilesAsync(file.FullName);
        await publisher.Until("document.querySelector('.upload-row progress')?.value > 0.3");
        await page.CloseAsync();

        var again = await publisher.AnotherPage();
        var offsets = new List<long>();
        again.Request += (_, request) =>
        {
            if (request.Method == "PATCH") offsets.Add(long.Parse(request.Headers["upload-offset"], System.Globalization.CultureInfo.InvariantCulture));
        };
        await again.GotoAsync("/studio");
        await again.Locator("[data-upload] input[type=file]").SetInputFilesAsync(file.FullName);

        await Expect(again.Locator(".upload-row")).ToContainTextAsync("Uploaded");
        Assert.That(offsets, Has.Count.EqualTo(1));
        Assert.That(offsets[0], Is.InRange(1, file.Length - 1), "it goes on from what had arrived");
        await Expect(again.Locator(".queue-row", new() { HasText = "Broken off" })).ToHaveAttributeAsync("data-state", "ready", new() { Timeout = 60_000 });
    }
}

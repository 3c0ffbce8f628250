using System.Net.Http.Json;
using System.Text.Json;
using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Getting to the picture, and what stands over it.</summary>
internal sealed class PlayerTests : BrowserTest
{
    [Test]
    public async Task The_address_of_a_series_leads_to_the_viewers_next_episode()
    {
        var viewer = await Newcomer();
        await viewer.Page.GotoAsync($"/watch/{Library.Series}");
        await Expect(viewer.Page).ToHaveURLAsync(new Uri(Host.Url, $"/watch/{Library.FirstEpisode}").ToString());

        await viewer.Watched(Library.FirstEpisode, Library.EpisodeSeconds);
        await viewer.Page.GotoAsync($"/watch/{Library.Series}");
        await Expect(viewer.Page).ToHaveURLAsync(new Uri(Host.Url, $"/watch/{Library.SecondEpisode}").ToString());
    }

    [Test]
    public async Task The_address_of_a_series_without_episodes_leads_those_who_see_it_to_its_page()
    {
        using var publisher = await Host.SignedIn();
        var created = await publisher.PostAsJsonAsync("/api/catalog/titles", new { kind = "series", name = "Nothing yet", maturity = 0 });
        var series = (await created.Json(System.Net.HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var visitor = await Operator();

        await visitor.Page.GotoAsync($"/watch/{series}");

        await Expect(visitor.Page).ToHaveURLAsync(new Uri(Host.Url, $"/titles/{series}").ToString());
    }

    [Test]
    public async Task Before_the_first_press_the_films_picture_stands_behind_the_button()
    {
        var viewer = await Newcomer();
        await viewer.Page.GotoAsync($"/watch/{Library.Film}");

        await Expect(viewer.Page.GetByRole(AriaRole.Button, new() { Name = $"Play {Library.FilmName}" })).ToBeVisibleAsync();
        var poster = await viewer.Page.Locator("video").GetAttributeAsync("poster");
        Assert.That(poster, Does.StartWith($"/artwork/{Library.Film}/"));
        Assert.That((await viewer.Api.GetAsync(poster!)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_menu_closes_by_a_click_beside_it_by_Escape_and_at_the_end()
    {
        var viewer = await Newcomer();
        var page = viewer.Page;
        await page.GotoAsync($"/titles/{Library.Film}");
        await viewer.Play(page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));
        var menu = page.GetByRole(AriaRole.Menu, new() { Name = "Quality" });

        await Open();
        await page.Mouse.ClickAsync(300, 300);
        await Expect(menu).ToBeHiddenAsync();
        Assert.That(await viewer.Read<bool>("streamingPlayer.state.paused"), Is.False, "the click is for the menu, not for the picture");

        await Open();
        await viewer.Read<object?>("(document.activeElement.blur(), null)");
        await page.Keyboard.PressAsync("Escape");
        await Expect(menu).ToBeHiddenAsync();
        await Expect(page).ToHaveURLAsync(new Uri(Host.Url, $"/watch/{Library.Film}").ToString());

        await Open();
        // Without the focus in it, as after a touch, nothing but the player itself closes it.
        await viewer.Read<object?>("(document.activeElement.blur(), document.querySelector('video').currentTime = 59, null)");
        await viewer.Until("streamingPlayer.state.ended");
        await Expect(page.Locator(".player-end")).ToBeVisibleAsync();
        await Expect(menu).ToBeHiddenAsync();

        async Task Open()
        {
            await page.Mouse.MoveAsync(400, 400);
            await page.GetByRole(AriaRole.Button, new() { Name = "Quality", Exact = true }).ClickAsync();
            await Expect(menu).ToBeVisibleAsync();
        }
    }

    [Test]
    public async Task On_a_phone_a_finger_finds_every_control()
    {
        var viewer = await Newcomer(phone: true);
        var page = viewer.Page;
        await page.GotoAsync($"/watch/{Library.Film}");
        await page.Locator(".player-start").TapAsync();
        await viewer.Moving();

        await viewer.Until("document.querySelector('.player').classList.contains('is-quiet')");
        await page.Touchscreen.TapAsync(195, 420);
        await viewer.Until("!document.querySelector('.player').classList.contains('is-quiet')");
        Assert.That(await viewer.Read<bool>("streamingPlayer.state.paused"), Is.False, "the first tap only asks for the controls");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).TapAsync();
        await viewer.Until("streamingPlayer.state.paused");
        Assert.That(await viewer.Read<string[]>(Unreachable), Is.Empty);

        await page.GetByRole(AriaRole.Button, new() { Name = "Subtitles" }).TapAsync();
        await Expect(page.GetByRole(AriaRole.Menu, new() { Name = "Subtitles" })).ToBeInViewportAsync();
        await page.Touchscreen.TapAsync(195, 200);
        await Expect(page.GetByRole(AriaRole.Menu, new() { Name = "Subtitles" })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Forward 10 seconds" }).TapAsync();
        await viewer.Until("streamingPlayer.state.position > 9");
    }

    [Test]
    public async Task On_a_phone_trouble_is_told_and_answered_by_a_finger()
    {
        var viewer = await Newcomer(phone: true);
        var page = viewer.Page;
        await page.RouteAsync("**/*.m4s", route => route.AbortAsync());
        await page.GotoAsync($"/watch/{Library.Film}");
        var retry = page.GetByRole(AriaRole.Button, new() { Name = "Try again" });
        await Expect(retry).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.That(await viewer.Read<string[]>(Unreachable), Is.Empty);

        await page.UnrouteAsync("**/*.m4s");
        await retry.TapAsync();
        await Expect(retry).ToBeHiddenAsync();
        viewer.Excuse("net::ERR_FAILED");
    }

    [Test]
    public async Task What_happened_while_the_server_was_away_arrives_when_it_is_back()
    {
        var viewer = await Newcomer();
        var page = viewer.Page;
        var (arrived, away) = (new List<int>(), false);
        await page.RouteAsync("**/api/playback/sessions/*/events", async route =>
        {
            if (Volatile.Read(ref away))
            {
                await route.AbortAsync();
                return;
            }

            var answer = await route.FetchAsync();
            lock (arrived) arrived.AddRange(JsonDocument.Parse(route.Request.PostData!).RootElement.EnumerateArray().Select(e => e.GetProperty("sequence").GetInt32()));
            await route.FulfillAsync(new() { Response = answer });
        });
        await page.GotoAsync($"/titles/{Library.Film}");
        await viewer.Play(page.GetByRole(AriaRole.Link, new() { Name = "Play", Exact = true }));

        Volatile.Write(ref away, true);
        await page.Keyboard.PressAsync("5");
        await viewer.Until("streamingPlayer.state.position > 30");
        await Task.Delay(TimeSpan.FromSeconds(10));
        await viewer.Until("streamingPlayer.state.pendingEvents > 0");
        Assert.That(await viewer.Read<string>("JSON.stringify(localStorage)"), Does.Contain("streaming.events."), "a page that is killed now loses nothing");
        Volatile.Write(ref away, false);

        await viewer.Until("streamingPlayer.state.pendingEvents === 0", seconds: 40);
        lock (arrived) Assert.That(arrived.Distinct().Order(), Is.EqualTo(Enumerable.Range(1, arrived.Max())), "none is missing");
        var progress = await (await viewer.Api.GetAsync("/api/playback/continue-watching")).JsonAsync();
        Assert.That(progress!.Value.GetProperty("items")[0].GetProperty("positionSeconds").GetDouble(), Is.GreaterThan(30));
        viewer.Excuse("net::ERR_FAILED");
    }

    // Everything that can be pressed is inside the screen, large enough for a thumb, and not under something else.
    private const string Unreachable = """
        [...document.querySelectorAll('.player :is(button, a, [role=slider])')].filter((one) => one.checkVisibility({ visibilityProperty: true })).flatMap((one) => {
          const name = one.getAttribute('aria-label') ?? one.textContent;
          const box = one.getBoundingClientRect();
          if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) return [`${name} is cut off`];
          if (box.width < 44 || box.height < 44) return [`${name} is ${box.width} x ${box.height}`];
          const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
          return one.contains(top) ? [] : [`${name} is under ${top?.className}`];
        })
        """;
}

using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>What the home page opens with, and what it leaves out.</summary>
internal sealed class HomeTests : BrowserTest
{
    [Test]
    public async Task The_hero_is_mild_resumes_what_is_begun_and_is_never_what_is_finished()
    {
        var viewer = await Newcomer();
        var page = viewer.Page;
        var (name, play) = (page.Locator(".hero h1"), page.Locator(".hero .button-light"));
        await page.GotoAsync("/");
        await Expect(name).Not.ToHaveTextAsync(Library.GrownName);
        await Expect(play).ToHaveTextAsync("Play");

        var first = await name.InnerTextAsync();
        var hero = Guid.Parse((await play.GetAttributeAsync("href"))!.Split('/')[^1]);
        var length = (await (await viewer.Api.GetAsync($"/api/catalog/titles/{hero}")).JsonAsync())!.Value.GetProperty("durationSeconds").GetDouble();
        await viewer.Watched(hero, 11);
        await page.ReloadAsync();
        await Expect(name).ToHaveTextAsync(first);
        await Expect(play).ToHaveTextAsync("Resume");

        await viewer.Watched(hero, length);
        await page.ReloadAsync();
        await Expect(name).Not.ToHaveTextAsync(first);
    }

    [Test]
    public async Task A_row_of_nothing_but_the_hero_is_left_out()
    {
        await using var small = await TestHost.Start();
        using var client = await small.SignedIn();
        await client.Release(await Clip.Make(small.Folder, "Only one.mp4", 2, "426x240", "12"));
        var visitor = await Visit(small.Url);
        await visitor.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);

        await visitor.Page.GotoAsync("/");

        await Expect(visitor.Page.Locator(".hero h1")).ToHaveTextAsync("Only one");
        await Expect(visitor.Page.Locator("[data-row]")).ToHaveCountAsync(0);
        await visitor.Page.GotoAsync("about:blank");
    }
}

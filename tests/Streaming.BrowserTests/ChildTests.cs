using System.Text.Json;
using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

internal sealed class ChildTests : BrowserTest
{
    [Test]
    public async Task A_childs_profile_finds_nothing_above_its_limit_anywhere()
    {
        var grown = await Visit();
        await grown.SignIn(Library.FamilyEmail, Library.FamilyPassword, "family");
        await grown.Page.GotoAsync("/");
        await Expect(grown.Page.GetByText(Library.GrownName).First).ToBeVisibleAsync();

        var child = await Visit();
        await child.SignIn(Library.FamilyEmail, Library.FamilyPassword, Library.ChildName);
        var page = child.Page;
        await page.GotoAsync("/");
        await Expect(page.GetByText(Library.FilmName).First).ToBeVisibleAsync();
        Assert.That(await page.ContentAsync(), Does.Not.Contain(Library.GrownName));

        foreach (var address in (string[])[$"/titles/{Library.Grown}", $"/watch/{Library.Grown}"])
        {
            var answer = await page.GotoAsync(address);
            Assert.That(answer!.Status, Is.EqualTo(404), address);
            Assert.That(await page.ContentAsync(), Does.Not.Contain(Library.GrownName), address);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This title is not here" })).ToBeVisibleAsync();
        }

        child.Excuse("the server responded with a status of 404");

        foreach (var address in (string[])["/api/catalog/titles?limit=100", "/api/catalog/titles?q=midnight", "/api/catalog/titles?genre=thriller"])
            Assert.That(await (await child.Api.GetAsync(address)).TextAsync(), Does.Contain("items").And.Not.Contain(Library.GrownName), address);
        Assert.That((await child.Api.GetAsync($"/api/catalog/titles/{Library.Grown}")).Status, Is.EqualTo(404));
        Assert.That((await child.Api.PostAsync("/api/playback/sessions", new() { DataObject = new { titleId = Library.Grown } })).Status, Is.EqualTo(404));
        var found = await (await grown.Api.GetAsync("/api/catalog/titles?q=midnight")).JsonAsync();
        Assert.That(found!.Value.GetProperty("items").EnumerateArray().Select(Name), Is.EqualTo((string[])[Library.GrownName]));
    }

    private static string? Name(JsonElement title) => title.GetProperty("name").GetString();
}

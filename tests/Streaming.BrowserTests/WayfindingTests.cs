using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Where people land who took a wrong turn, and what those see who run the place.</summary>
internal sealed class WayfindingTests : BrowserTest
{
    [Test]
    public async Task A_page_that_is_not_there_keeps_the_way_around()
    {
        var visitor = await Visit();
        await visitor.SignIn(Library.FamilyEmail, Library.FamilyPassword, Library.ChildName);
        await visitor.Page.GotoAsync("/nowhere");
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "There is nothing here" })).ToBeVisibleAsync();

        await visitor.Page.GetByLabel($"Account, {Library.ChildName}").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(Host.Url, "/sign-in").ToString());

        await visitor.Page.GotoAsync("/nowhere");
        await Expect(visitor.Page.Locator(".account")).ToHaveCountAsync(0);
        visitor.Excuse("status of 404");
    }

    [Test]
    public async Task Operations_tells_what_is_true_now_and_keeps_it_so()
    {
        var visitor = await Operator();
        var page = visitor.Page;
        await page.GotoAsync("/operations");

        await Expect(page.Locator(".deck-facts").GetByText("SQLite, a file a module")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Modules" }).ClickAsync();
        await Expect(page.Locator("[data-panel=modules]").GetByRole(AriaRole.Row)).ToHaveCountAsync(7);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "catalog" })).ToContainTextAsync("in process");
        await visitor.Read<object?>("(document.querySelector('[data-headline]').textContent = 'Old news', null)");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).Not.ToHaveTextAsync("Old news");
    }
}

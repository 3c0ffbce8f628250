using System.Text.RegularExpressions;
using Streaming.BrowserTests.Fixtures;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests;

internal sealed partial class FirstRunTests : BrowserTest
{
    private const string Email = "ana@example.test";
    private const string Password = "a long enough password";

    [Test]
    public async Task The_first_account_takes_the_printed_code_and_runs_the_installation()
    {
        await using var fresh = await TestHost.Start(null, ("users:operator:email", ""), ("users:operator:password", ""));
        var visitor = await Visit(fresh.Url);
        var page = visitor.Page;

        foreach (var anywhere in (string[])["/studio", "/profiles", "/"])
        {
            await page.GotoAsync(anywhere);
            await Expect(page).ToHaveURLAsync(RegisterPage());
        }

        var code = (await File.ReadAllTextAsync(Path.Combine(fresh.Folder, "setup-code.txt"))).Trim();
        await Register(page, "00000-00000-00000-00000");
        await Expect(page.Locator("#setup-code-error")).ToContainTextAsync("This is not the code");
        await Expect(page.GetByLabel("E-mail")).ToHaveValueAsync(Email);
        await Expect(page.GetByLabel("Password", new() { Exact = true })).ToBeEmptyAsync();
        Assert.That(await visitor.Read<string>("JSON.stringify({ ...sessionStorage, ...localStorage })"), Does.Not.Contain(Password), "it is kept nowhere");
        await Register(page, code);

        // A new account is a household of one: there is a profile, and nothing to choose yet.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your cinema is open" })).ToBeVisibleAsync();
        await page.GotoAsync("/profiles");
        await page.GetByText("Add a profile").ClickAsync();
        await page.GetByLabel("Name").FillAsync("Everybody");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the profile" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Everybody" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(fresh.Url.ToString());
        await page.GetByLabel("Account, Everybody").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Operations" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Studio", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Drop video files here")).ToBeVisibleAsync();
        Assert.That(File.Exists(Path.Combine(fresh.Folder, "setup-code.txt")), Is.False, "the code is good for one account");
        await page.GotoAsync("about:blank"); // the studio listens to its host until it is left
    }

    private static async Task Register(IPage page, string code)
    {
        await page.GetByLabel("E-mail").FillAsync(Email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        // Shown, a password is text like any other.
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the password" }).ClickAsync();
        await page.GetByLabel("Set-up code").FillAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the operator's account" }).ClickAsync();
    }

    [GeneratedRegex("/register$")]
    private static partial Regex RegisterPage();
}

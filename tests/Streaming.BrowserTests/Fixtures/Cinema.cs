using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests.Fixtures;

/// <summary>One Chromium and one host with films in it, for all tests of this assembly.</summary>
internal sealed class Cinema : IAsyncDisposable
{
    private readonly IPlaywright _playwright;

    private Cinema(IPlaywright playwright, IBrowser browser, TestHost host, Library library) =>
        (_playwright, Browser, Host, Library) = (playwright, browser, host, library);

    public IBrowser Browser { get; }

    public TestHost Host { get; }

    public Library Library { get; }

    public static async Task<Cinema> Open()
    {
        var host = await TestHost.Start();
        var library = Library.Fill(host);
        SetDefaultExpectTimeout(15_000);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("STREAMING_TEST_CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Cinema(playwright, browser, host, await library);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        await Host.DisposeAsync();
    }
}

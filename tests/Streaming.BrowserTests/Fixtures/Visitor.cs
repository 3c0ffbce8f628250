using System.Diagnostics;

namespace Streaming.BrowserTests.Fixtures;

/// <summary>A person with a browser profile of their own, and everything that the console complained of meanwhile.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly IBrowserContext _context;

    private Visitor(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    public IAPIRequestContext Api => _context.APIRequest;

    /// <summary>Errors in the console, violations of the content security policy among them, and exceptions that nobody caught.</summary>
    public IReadOnlyList<string> Complaints
    {
        get { lock (_complaints) return [.. _complaints]; }
    }

    public static async Task<Visitor> Come(IBrowser browser, Uri host, int width = 1440, int height = 900, bool phone = false)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = host.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
            HasTouch = phone,
            IsMobile = phone,
        });
        context.SetDefaultTimeout(20_000);
        var visitor = new Visitor(context, await context.NewPageAsync());
        context.Console += (_, message) =>
        {
            if (message.Type == "error") visitor.Complain($"{message.Text} ({message.Location})");
        };
        context.WebError += (_, error) => visitor.Complain(error.Error);
        return visitor;
    }

    /// <summary>Forgets what a step was meant to cause, such as the console's line on a page that answers 404.</summary>
    public void Excuse(string part)
    {
        lock (_complaints) _complaints.RemoveAll(complaint => complaint.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>Signs in without the form, and goes on as a profile of that name where there are several.</summary>
    public async Task SignIn(string email, string password, string? profile = null)
    {
        await Accepted(await Api.PostAsync("/api/users/sign-in", new() { DataObject = new { email, password } }));
        if (profile is null) return;
        var profiles = await (await Api.GetAsync("/api/users/profiles")).JsonAsync();
        var id = profiles!.Value.GetProperty("items").EnumerateArray().First(p => p.GetProperty("name").GetString() == profile).GetProperty("id");
        await Accepted(await Api.PostAsync($"/api/users/profiles/{id}/choose"));
    }

    /// <summary>Tells the server that the chosen profile is that far in a title, as a player would.</summary>
    public async Task Watched(Guid title, double seconds)
    {
        var session = await (await Api.PostAsync("/api/playback/sessions", new() { DataObject = new { titleId = title } })).JsonAsync();
        var events = new[] { new { sequence = 1, kind = "progress", at = TimeProvider.System.GetUtcNow(), positionSeconds = seconds } };
        await Accepted(await Api.PostAsync($"/api/playback/sessions/{session!.Value.GetProperty("id")}/events", new() { DataObject = events }));
    }

    /// <summary>Another page of the same browser profile: a second tab, or the first one opened again.</summary>
    public Task<IPage> AnotherPage() => _context.NewPageAsync();

    public Task<T> Read<T>(string expression) => Page.EvaluateAsync<T>(expression);

    /// <summary>
    /// Waits until an expression is true. Not Playwright's own WaitForFunction: that needs eval inside the page, which the
    /// content security policy forbids.
    /// </summary>
    public async Task Until(string expression, int seconds = 20)
    {
        var since = Stopwatch.StartNew();
        while (!await Read<bool>(expression))
        {
            if (since.Elapsed.TotalSeconds > seconds) Assert.Fail($"not within {seconds} s: {expression}; the player: {await PlayerState()}");
            await Task.Delay(50);
        }
    }

    /// <summary>Clicks what leads to the player and waits until the picture moves.</summary>
    public async Task Play(ILocator link)
    {
        await link.ClickAsync();
        await Page.WaitForURLAsync("**/watch/*", new() { WaitUntil = WaitUntilState.Commit });
        await Moving();
    }

    public Task Moving() => Until("window.streamingPlayer && !streamingPlayer.state.paused && streamingPlayer.state.position > 0.5 && streamingPlayer.state.stats.startupSeconds !== null");

    public async Task<string> PlayerState() => await Read<string>("JSON.stringify(window.streamingPlayer?.state ?? null)");

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Complain(string complaint)
    {
        lock (_complaints) _complaints.Add(complaint);
    }

    private static async Task Accepted(IAPIResponse answer) => Assert.That(answer.Ok, Is.True, await answer.TextAsync());
}

using NUnit.Framework.Interfaces;
using Streaming.HostTests.Fixtures;

namespace Streaming.BrowserTests.Fixtures;

/// <summary>
/// A test with visitors. Whoever leaves with a complaint in the console fails the test; of a failure there is a picture.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class BrowserTest
{
    private readonly List<Visitor> _visitors = [];

    protected static Cinema Cinema => Stage.Cinema;

    protected static TestHost Host => Stage.Cinema.Host;

    protected static Library Library => Stage.Cinema.Library;

    protected async Task<Visitor> Visit(Uri? host = null, int width = 1440, int height = 900, bool phone = false)
    {
        var visitor = await Visitor.Come(Cinema.Browser, host ?? Host.Url, width, height, phone);
        _visitors.Add(visitor);
        return visitor;
    }

    protected async Task<Visitor> Operator()
    {
        var visitor = await Visit();
        await visitor.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        return visitor;
    }

    /// <summary>Somebody who has watched nothing yet.</summary>
    protected async Task<Visitor> Newcomer(bool phone = false)
    {
        var visitor = phone ? await Visit(null, 390, 844, phone) : await Visit();
        var email = $"{Guid.CreateVersion7():N}@example.test";
        var registered = await visitor.Api.PostAsync("/api/users/register", new() { DataObject = new { email, password = Library.FamilyPassword } });
        Assert.That(registered.Ok, Is.True, await registered.TextAsync());
        await visitor.SignIn(email, Library.FamilyPassword);
        return visitor;
    }

    [TearDown]
    public async Task Leave()
    {
        try
        {
            if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed) await Photograph();
            Assert.That(_visitors.SelectMany(visitor => visitor.Complaints), Is.Empty, "the console complains");
        }
        finally
        {
            foreach (var visitor in _visitors) await visitor.DisposeAsync();
        }
    }

    private async Task Photograph()
    {
        for (var i = 0; i < _visitors.Count; i++)
        {
            var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "failures", $"{TestContext.CurrentContext.Test.ID}-{i + 1}.png");
            await _visitors[i].Page.ScreenshotAsync(new() { Path = path });
            TestContext.AddTestAttachment(path, _visitors[i].Page.Url);
        }
    }
}

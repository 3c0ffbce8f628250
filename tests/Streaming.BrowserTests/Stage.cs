using Streaming.BrowserTests.Fixtures;

namespace Streaming.BrowserTests;

/// <summary>Opens the cinema before the first test and closes it after the last.</summary>
[SetUpFixture]
internal sealed class Stage
{
    public static Cinema Cinema { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Open() => Cinema = await Cinema.Open();

    [OneTimeTearDown]
    public async Task Close()
    {
        if (Cinema is not null) await Cinema.DisposeAsync();
    }
}

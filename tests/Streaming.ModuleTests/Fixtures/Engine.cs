using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>The databases that every data test runs on.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>Both databases, each with calls in process, through JSON and back, and over a connection to another process.</summary>
public static class Everywhere
{
    public static IEnumerable<object[]> Combinations => Of(DialMode.InProcess, DialMode.RoundTrip, DialMode.Remote);

    /// <summary>For tests that look at what one process keeps in its memory, or count what it asks its database.</summary>
    public static IEnumerable<object[]> InOneProcess => Of(DialMode.InProcess, DialMode.RoundTrip);

    private static IEnumerable<object[]> Of(params DialMode[] modes) =>
        from engine in Enum.GetValues<Engine>()
        from mode in modes
        select new object[] { engine, mode };
}

using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>The databases that every data test runs on.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>Both databases, each with calls in process and through JSON and back.</summary>
public static class Everywhere
{
    public static IEnumerable<object[]> Combinations =>
        from engine in Enum.GetValues<Engine>()
        from dial in Enum.GetValues<DialMode>()
        select new object[] { engine, dial };
}

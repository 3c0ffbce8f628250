namespace Streaming.ArchitectureTests.Fixtures;

// What the rules forbid, so that each rule is seen to fail. Public because that is the offence.
public sealed class LeakyModule;

public sealed class Leak;

internal sealed class UploadManager;

internal static class Counter
{
    public static readonly int Limit = 3;
    private static int _count;
    private static readonly List<int> Seen = [];

    public static int Next()
    {
        Seen.Add(_count);
        return ++_count % Limit;
    }
}

internal sealed class TitleCache
{
    public string? FilmOf(string key) => key;
}

using Streaming.Platform.Outbox;

namespace Streaming.Platform.Wire;

/// <summary>
/// What two processes tell each other with every call: the event that each has committed last. Whoever has not heard of it forgets what it
/// has made stale before it goes on, so that nobody reads behind a write that came before the call, or that the call itself has made.
/// </summary>
internal sealed class WireNews(OutboxSignal signal, OutboxFollower follower)
{
    /// <summary>The header, of requests and of answers.</summary>
    public const string Header = "streaming-latest-event";

    /// <summary>What this process has committed last; null where nothing.</summary>
    public string? Tell() => signal.Latest?.ToString("N");

    /// <summary>What the other one has.</summary>
    public ValueTask Hear(string? told, CancellationToken ct) =>
        Guid.TryParseExact(told, "N", out var latest) && latest != signal.Latest ? follower.CatchUp(latest, ct) : default;
}

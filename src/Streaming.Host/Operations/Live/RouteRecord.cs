using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Live;

/// <summary>The requests of one route, or of one class: how many, what became of them, how long they took.</summary>
internal sealed class RouteRecord(string method, string route, string traffic)
{
    private long _all;
    private long _clientErrors;
    private long _serverErrors;
    private long _shed;
    private long _limited;

    public string Method { get; } = method;

    public string Route { get; } = route;

    public string Traffic { get; } = traffic;

    public LatencyHistogram Took { get; } = new();

    public long All => Volatile.Read(ref _all);

    /// <summary>4xx, without those that a limit refused.</summary>
    public long ClientErrors => Volatile.Read(ref _clientErrors);

    /// <summary>5xx, without those that were shed.</summary>
    public long ServerErrors => Volatile.Read(ref _serverErrors);

    public long Shed => Volatile.Read(ref _shed);

    public long Limited => Volatile.Read(ref _limited);

    /// <summary>What its caller did not get through no fault of the caller.</summary>
    public long Bad => ServerErrors + Shed;

    public void Add(TimeSpan took, int status, string? refused)
    {
        Interlocked.Increment(ref _all);
        if (refused is null) Took.Add(took);
        if (status < 400) return;
        if (refused is not null) Interlocked.Increment(ref status == StatusCodes.Status429TooManyRequests ? ref _limited : ref _shed);
        else Interlocked.Increment(ref status >= 500 ? ref _serverErrors : ref _clientErrors);
    }
}

using System.Globalization;
using System.Threading.Channels;
using StackExchange.Redis;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Gateway.Limits;

/// <summary>
/// Token buckets in Redis, leased in batches by the hosts that share them. Requests never wait for it; while it does not answer, each
/// host keeps to its share.
/// </summary>
internal sealed partial class RedisTokenStore(string connection, Dependencies dependencies, TimeProvider clock, ILogger<RedisTokenStore> log)
    : BackgroundService, ITokenStore
{
    private const int MostWaiting = 16_384;
    private const int AtOnce = 256;

    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    private readonly Channel<Order> _orders = Channel.CreateBounded<Order>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Dependency _redis = dependencies.Of(ResiliencePolicies.CacheZone, "gateway.limits");
    private readonly string _host = Guid.CreateVersion7().ToString("N");
    private volatile bool _isReachable;
    private volatile int _hosts = 1;

    public bool IsReachable => _isReachable;

    public int Hosts => _hosts;

    public bool Ask(Limited limited, UInt128 key, int tokens) => _orders.Writer.TryWrite(new Order(limited, key, tokens));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = ConfigurationOptions.Parse(connection);
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        var database = multiplexer.GetDatabase();
        await Task.WhenAll(Beat(database, stoppingToken), Lend(database, stoppingToken));
    }

    private async Task Beat(IDatabase database, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(_beat, clock);
        do
        {
            var outcome = await _redis.Try(
                static (call, _) => new ValueTask<RedisResult>(call.database.ScriptEvaluateAsync(LeaseScripts.Beat, [LeaseScripts.HostsKey], [call._host])), (database, _host), ct);
            if (outcome.Exception is null) _hosts = Math.Max(1, (int)outcome.Result!);
            Tell(outcome.Exception);
        }
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false));
    }

    private async Task Lend(IDatabase database, CancellationToken ct)
    {
        var batch = new List<Task>(AtOnce);
        while (await _orders.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < AtOnce && _orders.Reader.TryRead(out var order)) batch.Add(Lend(database, order, ct));
            await Task.WhenAll(batch);
            batch.Clear();
        }
    }

    private async Task Lend(IDatabase database, Order order, CancellationToken ct)
    {
        var outcome = await _redis.Try(
            static (call, _) => new ValueTask<RedisResult>(call.database.ScriptEvaluateAsync(LeaseScripts.Lease, [KeyOf(call.order)], Arguments(call.order))), (database, order), ct);
        if (outcome.Exception is not null)
        {
            order.Limited.Lease(order.Key, 0, TimeSpan.Zero);
            Tell(outcome.Exception);
            return;
        }

        var answer = (long[])outcome.Result!;
        order.Limited.Lease(order.Key, (int)answer[0], TimeSpan.FromMilliseconds(answer[1]));
    }

    private static RedisKey KeyOf(Order order) => $"streaming:limit:{order.Limited.Limit.Name}:{order.Key.ToString("x32", CultureInfo.InvariantCulture)}";

    private static RedisValue[] Arguments(Order order) => [order.Limited.Limit.PerSecond, order.Limited.Limit.Burst, order.Tokens];

    private void Tell(Exception? failure)
    {
        var wasReachable = _isReachable;
        _isReachable = failure is null;
        if (wasReachable && failure is not null) Gone(log, failure.Message, _hosts);
        else if (!wasReachable && failure is null) There(log, _hosts);
    }

    private sealed record Order(Limited Limited, UInt128 Key, int Tokens);

    [LoggerMessage(1, LogLevel.Warning, "The Redis of gateway:limits does not answer ({Reason}); this host keeps to 1/{Hosts} of each limit")]
    private static partial void Gone(ILogger logger, string reason, int hosts);

    [LoggerMessage(2, LogLevel.Information, "The Redis of gateway:limits answers; {Hosts} hosts share the limits")]
    private static partial void There(ILogger logger, int hosts);
}

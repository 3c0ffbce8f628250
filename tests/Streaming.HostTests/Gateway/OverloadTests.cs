using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Streaming.Host.Gateway;
using Streaming.Host.Gateway.Shedding;

namespace Streaming.HostTests.Gateway;

/// <summary>More comes in than can be done: the gateway's own middleware before a simulated server, by a clock that only the simulation moves.</summary>
public sealed class OverloadTests
{
    private const int Workers = 16;
    private const double ServiceSeconds = 0.02;
    private const double Capacity = Workers / ServiceSeconds;

    [TestCase(2)]
    [TestCase(3)]
    public async Task Playback_is_answered_in_time_however_much_else_there_is(double load)
    {
        var outcome = await Run(load, isShedding: true);

        TestContext.Out.WriteLine(outcome);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Playback, Is.GreaterThanOrEqualTo(0.999), $"playback answered within a second at {load}x");
            Assert.That(outcome.Background, Is.LessThan(0.5), "the least important was given up");
            Assert.That(outcome.AnsweredPerSecond, Is.GreaterThan(Capacity * 0.9), "the server was kept busy with what could be answered");
        });
    }

    [Test]
    public async Task Without_it_nearly_everything_is_too_late()
    {
        var outcome = await Run(2, isShedding: false);
        Assert.That(outcome.Playback, Is.LessThan(0.5), outcome.ToString());
    }

    [Test]
    public async Task When_there_is_room_nothing_is_refused()
    {
        var outcome = await Run(0.5, isShedding: true);
        Assert.That((outcome.Playback, outcome.Browse, outcome.Background), Is.EqualTo((1d, 1d, 1d)), outcome.ToString());
    }

    private static async Task<Outcome> Run(double load, bool isShedding)
    {
        await using var services = new ServiceCollection().AddLogging().AddMetrics().AddProblemDetails().BuildServiceProvider();
        using var settings = Settings.Of(("gateway:shedding:enabled", isShedding ? "true" : "false"));
        var (clock, telemetry) = (new FakeTimeProvider(), new GatewayTelemetry(services.GetRequiredService<IMeterFactory>()));
        var server = new Server(clock, new Random(11));
        var gateway = new LoadShedding(
            _ => server.Work(), new TrafficMap(), new LoadShedder(settings, telemetry, clock), new MediaGate(settings, clock), telemetry);
        var arrivals = new Random(7);
        var requests = new List<Request>();

        await Phase(0.5, 5, counts: false);
        await Phase(load, 20, counts: true);
        server.RunUntil(clock.GetUtcNow().AddSeconds(60));
        await Task.WhenAll(requests.Select(r => r.Done));
        return new Outcome(Share(TrafficClass.Playback), Share(TrafficClass.Browse), Share(TrafficClass.Background), requests.Count(r => r.IsAnswered) / 20d);

        double Share(TrafficClass of) => requests.Count(r => r.Class == of && r.IsAnswered) / (double)requests.Count(r => r.Class == of);

        async Task Phase(double times, double seconds, bool counts)
        {
            for (var end = clock.GetUtcNow().AddSeconds(seconds); clock.GetUtcNow() < end;)
            {
                server.RunUntil(clock.GetUtcNow().AddSeconds(-Math.Log(1 - arrivals.NextDouble()) / (Capacity * times)));
                var of = arrivals.NextDouble() switch { < 0.2 => TrafficClass.Playback, < 0.8 => TrafficClass.Browse, _ => TrafficClass.Background };
                var request = new Request(of, clock, services);
                if (counts) requests.Add(request);
                request.Send(gateway);
            }

            await Task.CompletedTask;
        }
    }

    private sealed record Outcome(double Playback, double Browse, double Background, double AnsweredPerSecond);

    private sealed class Request
    {
        private static readonly Endpoint[] _endpoints =
        [
            .. new[] { "/api/playback/sessions", "/api/catalog/titles", "/api/operations/parked-events" }
                .Select((path, i) => new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(path), i, new EndpointMetadataCollection(), path)),
        ];

        private readonly TimeProvider _clock;
        private readonly DateTimeOffset _sent;
        private readonly DefaultHttpContext _context;
        private DateTimeOffset _done = DateTimeOffset.MaxValue;

        public Request(TrafficClass of, TimeProvider clock, IServiceProvider services)
        {
            (Class, _clock, _sent) = (of, clock, clock.GetUtcNow());
            _context = new DefaultHttpContext { RequestServices = services };
            _context.SetEndpoint(_endpoints[(int)of]);
        }

        public TrafficClass Class { get; }

        public Task Done { get; private set; } = Task.CompletedTask;

        public bool IsAnswered => _context.Response.StatusCode == StatusCodes.Status200OK && _done - _sent < TimeSpan.FromSeconds(1);

        public void Send(LoadShedding gateway) => Done = Sent(gateway);

        private async Task Sent(LoadShedding gateway)
        {
            await gateway.Invoke(_context);
            _done = _clock.GetUtcNow();
        }
    }

    /// <summary>So many workers and one queue, first come first served.</summary>
    private sealed class Server(FakeTimeProvider clock, Random random)
    {
        private readonly Queue<TaskCompletionSource> _waiting = new();
        private readonly PriorityQueue<TaskCompletionSource, DateTimeOffset> _working = new();

        public Task Work()
        {
            var work = new TaskCompletionSource();
            if (_working.Count < Workers) Begin(work);
            else _waiting.Enqueue(work);
            return work.Task;
        }

        public void RunUntil(DateTimeOffset end)
        {
            while (_working.TryPeek(out var work, out var ready) && ready <= end)
            {
                clock.SetUtcNow(ready);
                _working.Dequeue();
                if (_waiting.TryDequeue(out var next)) Begin(next);
                work.SetResult();
            }

            clock.SetUtcNow(end);
        }

        private void Begin(TaskCompletionSource work) => _working.Enqueue(work, clock.GetUtcNow().AddSeconds(-Math.Log(1 - random.NextDouble()) * ServiceSeconds));
    }
}

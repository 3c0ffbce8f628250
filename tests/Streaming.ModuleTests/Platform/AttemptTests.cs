using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Platform;

/// <summary>What is tried again, by whom, and until when.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AttemptTests
{
    private ModuleHost _host = null!;
    private Sample.Probe _probe = null!;
    private int _asked;

    [SetUp]
    public async Task Start() => (_host, _probe) = await Sample.Start(
        Engine.Sqlite, DialMode.InProcess, ("resilience:policies:sample:retries", "3"), ("resilience:policies:sample:retryDelayMs", "1"));

    [TearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task Along_a_chain_of_three_everybody_ends_before_whoever_asked()
    {
        var left = new List<long>();
        _probe.OnBehind = () => _host.Clock.Advance(TimeSpan.FromMilliseconds(300)); // 1000 of its own, so 700 and with the margin 690 for the next
        _probe.Answer = async (services, ct) =>
        {
            left.Add(Left(services));
            _host.Clock.Advance(TimeSpan.FromMilliseconds(650)); // 40 are left, and with the margin 30 of the 100 of the last one
            var had = await services.GetRequiredService<IMediator>().Send(new Sample.AskBriefly(), ct);
            left.Add(had.Value);
            return "";
        };
        Assert.That((await _host.Send(new Sample.AskBehind())).IsError, Is.False);
        Assert.That(left, Is.EqualTo(new[] { 690, 30 }).Within(1));
    }

    [Test]
    public async Task Nothing_is_begun_when_no_time_is_left()
    {
        _probe.Answer = (_, _) =>
        {
            _asked++;
            return Task.FromResult("");
        };
        _probe.OnBehind = () => _host.Clock.Advance(TimeSpan.FromMilliseconds(991));
        Assert.That((await _host.Send(new Sample.AskBehind())).Error?.Kind, Is.EqualTo(ErrorKind.Deadline));
        Assert.That(_asked, Is.Zero);
    }

    [Test]
    public async Task No_attempt_is_begun_after_the_deadline()
    {
        _probe.Answer = (_, _) =>
        {
            _asked++;
            _host.Clock.Advance(TimeSpan.FromMilliseconds(1000));
            throw new InvalidOperationException("It is down.");
        };
        Assert.That((await InTime(_host.Send(new Sample.Ask()))).Error?.Kind, Is.EqualTo(ErrorKind.Deadline));
        Assert.That(_asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_failure_is_repeated_next_to_where_it_happened_and_nowhere_else()
    {
        var outer = 0;
        _probe.OnBehind = () => outer++;
        _probe.Answer = (_, _) =>
        {
            _asked++;
            throw new InvalidOperationException("It is down.");
        };
        var error = (await InTime(_host.Send(new Sample.AskBehind()))).Error!;
        Assert.That((_asked, outer, error.IsSettled), Is.EqualTo((4, 1, true)));
    }

    [Test]
    public async Task A_failure_that_passes_is_an_error_to_nobody()
    {
        _probe.Answer = (_, _) => ++_asked < 4 ? throw new InvalidOperationException("It is down.") : Task.FromResult("answer");
        Assert.That((await InTime(_host.Send(new Sample.AskBehind()))).Value, Is.EqualTo("answer"));
    }

    [Test]
    public async Task An_order_whose_answer_was_lost_is_repeated_and_carried_out_once()
    {
        var fault = new LosesAnswers();
        _host.Services.GetRequiredService<CallFaults>().Current = fault;
        var id = Guid.CreateVersion7();
        var written = (await InTime(_host.Send(new Sample.Write(id, "once")))).Value;

        Assert.That(fault.Attempts, Is.EqualTo(2));
        Assert.That((await _host.Send(new Sample.Write(id, "once"))).Value, Is.EqualTo(written), "and it is what was written the first time");
        Assert.That(await _host.With<Sample.SampleDbContext, int>(db => db.Notes.CountAsync()), Is.EqualTo(1));
    }

    private long Left(IServiceProvider services) =>
        (long)_host.Clock.GetElapsedTime(_host.Clock.GetTimestamp(), services.GetRequiredService<CallContext>().Deadline!.Value).TotalMilliseconds;

    /// <summary>Moves the clock by the little that lies between attempts.</summary>
    private async Task<Result<T>> InTime<T>(Task<Result<T>> call)
    {
        for (var i = 0; i < 500 && !call.IsCompleted; i++)
        {
            await Task.Delay(2);
            _host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        return await call.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private sealed class LosesAnswers : ICallFault
    {
        public int Attempts { get; private set; }

        public ValueTask Before(string contract, CancellationToken cancellationToken) => default;

        public ValueTask After(string contract, CancellationToken cancellationToken) =>
            ++Attempts == 1 ? throw new InvalidOperationException("The answer was lost.") : default;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Polly.CircuitBreaker;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform;

/// <summary>What callers get of a contract that fails: the last good answer where that is allowed, and no more calls than its circuit lets through.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LastAnswerTests
{
    private ModuleHost _host = null!;
    private Sample.Probe _probe = null!;
    private int _asked;

    [SetUp]
    public async Task Start() => (_host, _probe) = await Sample.Start(Engine.Sqlite, DialMode.InProcess);

    [TearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task The_last_good_answer_stands_in_and_the_circuit_opens_on_call_twenty()
    {
        Answers("good");
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Value, Is.EqualTo("good"));
        Fails();
        for (var call = 0; call < 50; call++) Assert.That((await _host.Send(new Sample.AskAlways("x"))).Value, Is.EqualTo("good"));
        Assert.That(_asked, Is.EqualTo(1 + 19), "with the good one the twentieth call opens it");

        var report = _host.Services.GetRequiredService<Dependencies>().All.Single(d => d.Destination == "sample.ask-always").Report();
        Assert.That((report.State, report.FellBack), Is.EqualTo(("open", 50)));
    }

    [Test]
    public async Task After_five_seconds_one_call_tries_and_its_success_is_what_the_next_ones_get()
    {
        Fails();
        for (var call = 0; call < 25; call++) await _host.Send(new Sample.AskAlways("x"));
        _host.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Answers("back");
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Error?.Code, Is.EqualTo("left-alone"));
        _host.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Value, Is.EqualTo("back"));
        Assert.That((await _host.Send(new Sample.AskAlways("y"))).Value, Is.EqualTo("back"));
    }

    [Test]
    public async Task It_is_not_kept_for_longer_than_the_contract_says()
    {
        Answers("old");
        await _host.Send(new Sample.AskAlways("x"));
        Fails();
        _host.Clock.Advance(TimeSpan.FromSeconds(299));
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Value, Is.EqualTo("old"));
        _host.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Error?.Kind, Is.EqualTo(ErrorKind.Unavailable));
    }

    [Test]
    public async Task It_answers_the_same_question_of_the_same_caller_and_no_other()
    {
        var (one, other) = (Viewer("12"), Viewer("12"));
        Answers("mine");
        await _host.Send(new Sample.AskAlways("x"), one);
        await _host.Send(new Sample.AskAlwaysAlike("x"), one);
        Fails();
        Assert.That((await _host.Send(new Sample.AskAlways("x"), one)).IsError, Is.False);
        Assert.That((await _host.Send(new Sample.AskAlways("x"), other)).IsError);
        Assert.That((await _host.Send(new Sample.AskAlways("y"), one)).IsError);

        Assert.That((await _host.Send(new Sample.AskAlwaysAlike("x"), other)).IsError, Is.False, "answers differ by age alone");
        Assert.That((await _host.Send(new Sample.AskAlwaysAlike("x"), Viewer("18"))).IsError);
        Assert.That((await _host.Send(new Sample.AskAlwaysAlike("x"), Caller.System)).IsError, "another role sees other things");
    }

    [Test]
    public async Task What_is_no_longer_shown_does_not_come_back_when_the_callee_fails()
    {
        Answers("shown");
        await _host.Send(new Sample.AskAlways("x"));
        _probe.Refusal = Error.NotFound("title", "x");
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        _probe.Refusal = null;
        Fails();
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Error?.Kind, Is.EqualTo(ErrorKind.Unavailable));
    }

    [Test]
    public async Task One_contract_that_fails_does_not_silence_the_others_of_its_module()
    {
        Fails();
        for (var call = 0; call < 25; call++) await _host.Send(new Sample.AskAlways("x"));
        Answers("fine");
        Assert.That((await _host.Send(new Sample.Ask())).Value, Is.EqualTo("fine"));
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Error?.Code, Is.EqualTo("left-alone"));
    }

    [Test]
    public async Task That_a_contract_leaves_alone_what_is_behind_it_does_not_open_its_own_circuit()
    {
        _probe.Answer = (_, _) =>
        {
            _asked++;
            throw new BrokenCircuitException();
        };
        for (var call = 0; call < 30; call++) Assert.That((await _host.Send(new Sample.AskAlways("x"))).Error?.Code, Is.EqualTo("left-alone"));
        Assert.That(_asked, Is.EqualTo(30), "the circuit behind it bounds the time; its own would stay open for another five seconds");
        Answers("back");
        Assert.That((await _host.Send(new Sample.AskAlways("x"))).Value, Is.EqualTo("back"));
    }

    private static Caller Viewer(string age) => new(Guid.CreateVersion7(), ["viewer"], new Dictionary<string, string> { ["age"] = age });

    private void Answers(string text) => _probe.Answer = (_, _) =>
    {
        _asked++;
        return Task.FromResult(text);
    };

    private void Fails() => _probe.Answer = (_, _) =>
    {
        _asked++;
        throw new InvalidOperationException("It is down.");
    };
}

using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;

namespace Streaming.ModuleTests.Platform;

[TestFixture(DialMode.InProcess)]
[TestFixture(DialMode.RoundTrip)]
internal sealed class DialTests(DialMode dial)
{
    private static readonly Caller _viewer = new(Guid.CreateVersion7(), ["viewer"], new Dictionary<string, string> { ["profile"] = "p" });

    private ModuleHost _host = null!;
    private Sample.Probe _probe = null!;

    [OneTimeSetUp]
    public async Task Start() => (_host, _probe) = await Sample.Start(Engine.Sqlite, dial);

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task Every_call_has_a_scope_of_its_own()
    {
        var seen = new List<Sample.Scoped>();
        _probe.Answer = (services, _) =>
        {
            seen.Add(services.GetRequiredService<Sample.Scoped>());
            return Task.FromResult("");
        };
        await using var scope = _host.Services.CreateAsyncScope();
        seen.Add(scope.ServiceProvider.GetRequiredService<Sample.Scoped>());
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new Sample.Ask());
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new Sample.Ask());

        Assert.That(seen, Has.Count.GreaterThanOrEqualTo(3).And.Unique);
    }

    [Test]
    public async Task A_full_disk_is_an_answer_and_not_a_fault_of_ours()
    {
        _probe.Answer = async (services, ct) =>
        {
            var database = services.GetRequiredService<Sample.SampleDbContext>().Database;
            await database.OpenConnectionAsync(ct);
            await database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1", ct); // no further page than there are
            try
            {
                await database.ExecuteSqlRawAsync("CREATE TABLE filler AS SELECT randomblob(10000000) AS bytes", ct);
                return "written";
            }
            finally
            {
                await database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1073741823", CancellationToken.None);
            }
        };

        var error = (await _host.Send(new Sample.Ask())).Error!;

        Assert.That(error.Code, Is.EqualTo("storage-full"));
        Assert.That(Problems.Status(error), Is.EqualTo(507));
    }

    [Test]
    public async Task The_caller_travels_with_the_call()
    {
        _probe.Answer = (services, _) =>
        {
            var caller = services.GetRequiredService<CallContext>().Caller;
            return Task.FromResult($"{caller.Subject} {caller.Roles.Single()} {caller.Attributes["profile"]}");
        };
        Assert.That((await _host.Send(new Sample.Ask(), _viewer)).Value, Is.EqualTo($"{_viewer.Subject} viewer p"));
    }

    [Test]
    public async Task A_handler_that_ignores_its_token_does_not_hold_the_caller()
    {
        var never = new TaskCompletionSource<string>();
        _probe.Answer = (_, _) => never.Task;
        var call = _host.Send(new Sample.Ask());
        _host.Clock.Advance(TimeSpan.FromMilliseconds(999));
        await Task.Delay(20);
        var early = call.IsCompleted;
        _host.Clock.Advance(TimeSpan.FromMilliseconds(2));
        var result = await call.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Multiple(() =>
        {
            Assert.That(early, Is.False);
            Assert.That(result.Error!.Kind, Is.EqualTo(ErrorKind.Deadline));
            Assert.That(result.Error.Message, Does.Contain("sample.ask"));
        });
    }

    [Test]
    public async Task A_handler_that_heeds_its_token_is_told_of_the_deadline()
    {
        _probe.Answer = async (_, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return "";
        };
        var call = _host.Send(new Sample.Ask());
        _host.Clock.Advance(TimeSpan.FromMilliseconds(1001));
        Assert.That((await call.WaitAsync(TimeSpan.FromSeconds(10))).Error!.Kind, Is.EqualTo(ErrorKind.Deadline));
    }

    [TestCase(0, ExpectedResult = "100", Description = "its own deadline is the nearer one")]
    [TestCase(950, ExpectedResult = "40", Description = "what is left less 10 ms")]
    [TestCase(995, ExpectedResult = "Deadline", Description = "nothing is left")]
    public async Task<string> A_call_in_a_call_ends_before_its_caller(int spent)
    {
        var passes = 0;
        _probe.Answer = async (services, ct) =>
        {
            // The second pass of a round trip starts where the first left off.
            if (passes++ == 0) _host.Clock.Advance(TimeSpan.FromMilliseconds(spent));
            var had = await services.GetRequiredService<IMediator>().Send(new Sample.AskBriefly(), ct);
            return had.TryGet(out var milliseconds, out var error) ? $"{milliseconds}" : $"{error.Kind}";
        };
        return (await _host.Send(new Sample.Ask())).Value;
    }

    [Test]
    public async Task An_exception_becomes_unavailable_without_its_text()
    {
        _probe.Answer = (_, _) => throw new InvalidOperationException("secret");
        var error = (await _host.Send(new Sample.Ask())).Error!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Kind, Is.EqualTo(ErrorKind.Unavailable));
            Assert.That(error.Code, Is.EqualTo("internal"));
            Assert.That(error.Message, Does.Not.Contain("secret"));
        });
    }

    [Test]
    public async Task A_cancellation_that_nobody_asked_for_is_an_exception_like_others()
    {
        _probe.Answer = (_, _) => throw new OperationCanceledException();
        Assert.That((await _host.Send(new Sample.Ask())).Error!.Code, Is.EqualTo("internal"));
    }

    [Test]
    public async Task A_timer_that_is_a_millisecond_early_is_the_deadline_all_the_same()
    {
        _probe.Answer = (_, _) =>
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(489));
            throw new OperationCanceledException();
        };
        await using var scope = _host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Deadline = _host.Clock.GetTimestamp() + (_host.Clock.TimestampFrequency / 2);
        Assert.That((await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new Sample.Ask())).Error?.Kind, Is.EqualTo(ErrorKind.Deadline));
    }

    [Test]
    public async Task A_caller_that_gives_up_is_not_answered_but_cancelled([Values] bool heeded)
    {
        using var stop = new CancellationTokenSource();
        var never = new TaskCompletionSource<string>();
        _probe.Answer = (_, ct) => heeded ? never.Task.WaitAsync(ct) : never.Task;
        var call = _host.With<IMediator, Result<string>>(mediator => mediator.Send(new Sample.Ask(), stop.Token));
        await stop.CancelAsync();
        Assert.That(() => call.WaitAsync(TimeSpan.FromSeconds(10)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Roles_are_checked_where_the_handler_is()
    {
        var editor = _viewer with { Roles = ["viewer", "editor"] };
        var stranger = (await _host.Send(new Sample.AskEditor(), Caller.Anonymous)).Error!;
        var viewer = (await _host.Send(new Sample.AskEditor(), _viewer)).Error!;

        Assert.Multiple(async () =>
        {
            Assert.That((stranger.Kind, stranger.Code), Is.EqualTo((ErrorKind.Forbidden, Error.SignInRequired)));
            Assert.That((viewer.Kind, viewer.Code), Is.EqualTo((ErrorKind.Forbidden, "role-required")));
            Assert.That(viewer.Message, Does.Contain("editor or chief"));
            Assert.That((await _host.Send(new Sample.AskEditor(), editor)).IsError, Is.False);
            Assert.That((await _host.Send(new Sample.AskEditor(), Caller.System)).IsError, Is.False);
            Assert.That((await _host.Send(new Sample.AskSignedIn(), Caller.Anonymous)).Error!.Code, Is.EqualTo(Error.SignInRequired));
            Assert.That((await _host.Send(new Sample.AskSignedIn(), _viewer)).IsError, Is.False);
        });
    }

    [Test]
    public async Task Mistakes_are_told_by_camel_case_field()
    {
        var error = (await _host.Send(new Sample.AskRightly("", new Sample.Address("")))).Error!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Kind, Is.EqualTo(ErrorKind.Invalid));
            Assert.That(error.Fields!.Keys, Is.EquivalentTo(new[] { "firstName", "homeAddress.streetName" }));
            Assert.That(error.Fields["firstName"], Is.EqualTo(new[] { "Say who.", "Too short." }));
        });
    }

    [Test]
    public async Task An_answer_that_does_not_survive_json_is_caught_by_the_round_trip()
    {
        var result = await _host.Send(new Sample.AskLossy());
        if (dial == DialMode.InProcess) Assert.That(result.Value.Doubled, Is.EqualTo(42));
        else Assert.That(result.Error?.Code, Is.EqualTo("internal"));
    }
}

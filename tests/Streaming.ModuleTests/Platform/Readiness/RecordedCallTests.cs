using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Platform.Readiness;

namespace Streaming.ModuleTests.Platform.Readiness;

/// <summary>Calls as they really go: through MediatR and the dial.</summary>
public sealed class RecordedCallTests
{
    private ModuleHost _host = null!;
    private Sample.Probe _probe = null!;

    [OneTimeSetUp]
    public async Task Start() => (_host, _probe) = await Sample.Start(Engine.Sqlite, DialMode.InProcess);

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task What_a_handler_calls_is_told_from_what_the_request_calls()
    {
        _probe.Answer = (_, _) => Task.FromResult("answer");
        await Recorded("GET /behind", mediator => mediator.Send(new Sample.AskBehind()));
        var pairs = Tally.Read(seen => seen.Pairs.Keys.Select(k => (k.Caller, k.Contract)).ToArray());
        Assert.That(pairs, Is.SupersetOf(new[] { ("GET /behind", "sample.ask-behind"), ("sample.ask-behind", "sample.ask") }));
        Assert.That(Recorder.Sites.Of("sample.ask-behind", "sample.ask"), Has.One.StartsWith("Sample.AskHandlers.Handle (Sample.cs:"));
    }

    [Test]
    public async Task An_order_that_calls_within_its_transaction_is_told()
    {
        _probe.Answer = (_, _) => Task.FromResult("answer");
        await Recorded("POST /notes", mediator => mediator.Send(new Sample.Write(Guid.CreateVersion7(), "text")));
        Assert.That(Tally.Read(seen => seen.Pairs[("POST /notes", "sample.write")].InTransaction), Is.Zero, "the call itself is made before it begins");
    }

    [Test]
    public async Task The_report_says_what_the_module_offers_and_what_was_seen()
    {
        _probe.Answer = (_, _) => Task.FromResult("answer");
        for (var i = 0; i < 3; i++) await Recorded("GET /ask", mediator => mediator.Send(new Sample.Ask()));
        var report = (await _host.Services.GetRequiredService<ReadinessBoard>().Of("sample", CancellationToken.None))!;
        Assert.Multiple(() =>
        {
            Assert.That(report.Canvas.Contracts.Select(c => (c.Name, c.Kind)), Is.SupersetOf(new[] { ("sample.ask", "query"), ("sample.write", "command") }));
            Assert.That(report.Contracts.Single(c => c.Name == "sample.ask"), Has.Property(nameof(ContractSeen.Calls)).GreaterThanOrEqualTo(3).And.Property(nameof(ContractSeen.RequestBytes)).EqualTo(2));
            Assert.That(report.Verdict, Is.EqualTo("not-enough-seen"));
            Assert.That(report.Rows.HasSchemas, Is.False);
        });
        Assert.That(await _host.Services.GetRequiredService<ReadinessBoard>().Of("other", CancellationToken.None), Is.Null);
    }

    private CallRecorder Recorder => _host.Services.GetRequiredService<CallRecorder>();

    private TraceTally Tally => _host.Services.GetRequiredService<TraceTally>();

    private async Task Recorded<T>(string route, Func<IMediator, Task<Result<T>>> act)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CallContext>();
        context.Caller = Caller.System;
        var trace = Recorder.Begin(new TracedRoute(route, TracedRoute.Outside, IsMovable: false), context)!;
        Assert.That((await act(scope.ServiceProvider.GetRequiredService<IMediator>())).Error, Is.Null);
        trace.End();
        Recorder.TakeIn();
    }
}

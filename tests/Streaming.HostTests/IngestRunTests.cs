using System.Net;
using System.Net.Http.Json;
using Streaming.Host.Ingesting;

namespace Streaming.HostTests;

/// <summary>How the command line follows an ingest on a host that does not always answer.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed class IngestRunTests
{
    private static readonly Guid _ingest = Guid.CreateVersion7();

    [Test]
    public async Task Some_lost_answers_do_not_make_an_ingest_a_failed_one()
    {
        using var host = new PassingHost(
            [.. Enumerable.Repeat<Func<HttpResponseMessage>>(() => throw new HttpRequestException("connection refused"), 10),
            () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
            () => State("encoding-base"),
            .. Enumerable.Repeat<Func<HttpResponseMessage>>(() => throw new HttpRequestException("connection refused"), 10),
            () => State("ready")]);

        var (outcome, told) = await Take(host);

        Assert.That((outcome.Ready, outcome.State), Is.EqualTo((true, "as the host says: ready")));
        Assert.That(told, Does.Contain("the host does not answer; asking again"));
    }

    [Test]
    public async Task A_host_that_stays_away_is_told_as_such_and_not_as_a_failed_ingest()
    {
        using var host = new PassingHost([() => State("encoding-base"), () => throw new HttpRequestException("connection refused")]);

        var (outcome, _) = await Take(host);

        Assert.That((outcome.Over, outcome.Ready), Is.EqualTo((true, false)));
        Assert.That(outcome.State, Does.StartWith("not known: uploaded").And.Contain("connection refused").And.Not.Contain("failed"));
        Assert.That(host.Asked, Is.EqualTo(1 + 16), "no more than it says");
    }

    [Test]
    public async Task A_refusal_is_final()
    {
        using var host = new PassingHost([() => new HttpResponseMessage(HttpStatusCode.Unauthorized)]);

        var (outcome, _) = await Take(host);

        Assert.That(outcome.State, Does.StartWith("failed").And.Contain("401"));
        Assert.That(host.Asked, Is.EqualTo(1));
    }

    private static async Task<(IngestStanding Outcome, List<string> Told)> Take(PassingHost host)
    {
        using var http = new HttpClient(host) { BaseAddress = new Uri("http://host.test") };
        var file = new FileInfo(Path.GetTempFileName());
        try
        {
            var told = new List<string>();
            var outcome = await new IngestRun(http, publish: false, new Hurry()).Take(file, standing => told.Add(standing.State), CancellationToken.None);
            return (outcome, told);
        }
        finally
        {
            file.Delete();
        }
    }

    private static HttpResponseMessage State(string state) => new(HttpStatusCode.OK)
    {
        Content = JsonContent.Create(new { id = _ingest, fileName = "a.mp4", sizeBytes = 0, state, stateText = $"as the host says: {state}", progress = 0.5 }),
    };

    /// <summary>Takes an upload, then gives these answers, the last one for ever.</summary>
    private sealed class PassingHost(Func<HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Created) { Headers = { Location = new Uri("http://host.test/upload") } });
            if (request.Method == HttpMethod.Patch)
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent) { Headers = { { "Upload-Offset", "0" }, { "Streaming-Ingest", $"{_ingest}" } } });
            return Task.FromResult(answers[Math.Min(Asked++, answers.Length - 1)]());
        }
    }

    /// <summary>Every wait is over at once.</summary>
    private sealed class Hurry : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}

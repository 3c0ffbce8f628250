using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Host.Gateway.Forwarding;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Dial.Instances;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>How often a request is sent, to whom, and who serves it when none answers.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HopAttemptTests : HopStage
{
    [Test]
    public async Task A_question_that_one_instance_fails_is_answered_by_another()
    {
        var ways = new[] { ("catalog", Titles, "reset"), ("users", "/api/users/me", "half"), ("playback", "/api/playback/continue-watching", "502"), ("recommendations", "/api/recommendations/home", "503") };
        var bad = new List<StubInstance>();
        var settings = new List<(string, string)>();
        foreach (var (module, _, how) in ways)
        {
            bad.Add(await Stub($"bad-{module}"));
            bad[^1].Answer = http => Break(http, how);
            settings.AddRange(Forwards.To(module, "100", bad[^1], await Stub($"good-{module}")));
            // Without hedges, so that it is known who was asked and why.
            settings.AddRange([($"gateway:forwarding:{module}:hedgeUnknownMs", "5000"), ($"gateway:forwarding:{module}:hedgeFloorMs", "5000"), ($"gateway:forwarding:{module}:hedgeCeilingMs", "5000")]);
        }

        var host = await Gateway([.. settings]);
        using var client = host.Anonymous();
        foreach (var ((module, path, how), stub) in ways.Zip(bad))
        {
            var instance = host.Services.GetRequiredService<InstanceSet>().All.Single(i => i.At.Name == stub.Name);
            // Which of the two is asked is chance: a hundred are far more than it takes.
            for (var i = 0; i < 20 || (i < 100 && instance.State != InstanceState.Out); i++)
            {
                using var answer = await client.GetAsync(path);
                Assert.That((answer.StatusCode, answer.ServedBy(), await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.OK, $"good-{module}", "from an instance")), how);
            }

            Assert.That(stub.Seen, Has.Count.EqualTo(5), $"{how}: as often as it takes to leave it alone");
            Assert.That(instance.State, Is.EqualTo(InstanceState.Out), how);
        }
    }

    [Test]
    public async Task Work_that_was_refused_is_not_sent_again()
    {
        var (one, other) = (await Stub("a"), await Stub("b"));
        var host = await Gateway([.. Forwards.To("catalog", "100", one, other), ("gateway:forwarding:catalog:hedgeUnknownMs", "5000")]);
        using var client = host.Anonymous();
        for (var i = 1; i <= 10; i++)
        {
            var status = i % 2 == 0 ? 429 : 503;
            one.Answer = other.Answer = http =>
            {
                (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (status, "3");
                return Task.CompletedTask;
            };
            using var answer = await client.GetAsync(Titles);
            Assert.That(((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()), Is.EqualTo((status, "3")));
            Assert.That(one.Seen.Count + other.Seen.Count, Is.EqualTo(i));
        }
    }

    [Test]
    public async Task A_slow_instance_is_not_waited_for_and_its_work_is_called_off()
    {
        var (slow, quick) = (await Stub("slow"), await Stub("quick"));
        var calledOff = new TaskCompletionSource();
        slow.Answer = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            calledOff.TrySetResult();
        };
        var host = await Gateway([.. Forwards.To("catalog", "100", slow, quick), ("gateway:forwarding:catalog:hedgeUnknownMs", "50")]);
        using var client = host.Anonymous();
        while (slow.Seen.IsEmpty)
        {
            using var answer = await client.GetAsync(Titles);
            Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, "quick")));
        }

        await calledOff.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(host.Services.GetRequiredService<ForwardingPools>().All.Single().Memory.Hedges, Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task A_change_whose_answer_was_lost_is_not_sent_again_and_says_so()
    {
        var (one, other) = (await Stub("a"), await Stub("b"));
        var host = await Gateway(Forwards.To("users", "100", one, other));
        using var client = host.Anonymous();
        foreach (var body in new object?[] { new { email = "somebody" }, null })
        {
            // On a connection that is kept: what has no body is sent again there by SocketsHttpHandler itself, unless it is kept from it.
            one.Answer = other.Answer = http => http.Response.WriteAsync("done");
            for (var i = 0; i < 4; i++) Assert.That((await client.PostAsync("/api/users/sign-out", null)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
            var before = one.Seen.Count + other.Seen.Count;
            one.Answer = other.Answer = http => Break(http, "reset");

            using var answer = await client.PostAsync("/api/users/sign-out", body is null ? null : JsonContent.Create(body));

            var problem = await answer.Problem(HttpStatusCode.BadGateway);
            Assert.That(problem.GetProperty("type").GetString(), Is.EqualTo("urn:streaming:error:answer-lost"));
            Assert.That(one.Seen.Count + other.Seen.Count, Is.EqualTo(before + 1), "once");
            Assert.That(answer.ServedBy(), Is.Null);
        }
    }

    [Test]
    public async Task A_change_that_no_instance_got_is_sent_to_another_and_where_there_is_none_served_here()
    {
        var (one, other) = (await Stub("a"), await Stub("b"));
        var host = await Gateway(Forwards.To("users", "100", one, other));
        using var client = host.Anonymous();
        await one.DisposeAsync();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.PostAsJsonAsync("/api/users/sign-in", new { email = TestHost.OperatorEmail, password = TestHost.OperatorPassword });
            Assert.That((answer.StatusCode, answer.ServedBy()), Is.EqualTo((HttpStatusCode.OK, "b")));
        }

        Assert.That(other.Seen.Last().Body, Does.Contain(TestHost.OperatorEmail));
        await other.DisposeAsync();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.PostAsJsonAsync("/api/users/sign-in", new { email = TestHost.OperatorEmail, password = TestHost.OperatorPassword });
            var session = await answer.Json();
            Assert.That(answer.ServedBy(), Is.Null);
            Assert.That(session.GetProperty("accessToken").GetString(), Is.Not.Empty, "its body was here in one piece");
        }

        Assert.That(host.Services.GetRequiredService<ForwardingPools>().All.Single().Memory.Of(HopOutcome.Rescued), Is.EqualTo(4));
    }

    private static Task Break(HttpContext http, string how)
    {
        switch (how)
        {
            case "reset":
                http.Abort();
                return Task.CompletedTask;
            case "half":
                http.Response.ContentLength = 100;
                return http.Response.WriteAsync("from an").ContinueWith(_ => http.Abort(), TaskScheduler.Default);
            default:
                http.Response.StatusCode = int.Parse(how);
                return Task.CompletedTask;
        }
    }
}

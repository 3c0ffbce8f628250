using System.Net;
using System.Net.Http.Json;
using System.Text;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests;

[Parallelizable(ParallelScope.Self)]
public sealed class ProblemTests
{
    private TestHost _host = null!;

    [OneTimeSetUp]
    public async Task Start() => _host = await TestHost.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task What_is_not_there_is_a_problem_with_a_type_and_a_trace()
    {
        using var client = _host.Anonymous();
        await (await client.GetAsync("/api/nothing/here")).Problem(HttpStatusCode.NotFound);
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{\"email\": 7}")]
    public async Task A_body_that_is_not_the_json_expected_is_a_bad_request(string body)
    {
        using var client = _host.Anonymous();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var problem = await (await client.PostAsync("/api/users/sign-in", content)).Problem(HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("detail").GetString(), Does.Not.Contain("Exception"));
    }

    [Test]
    public async Task A_body_of_another_type_is_refused()
    {
        using var client = _host.Anonymous();
        using var content = new StringContent("email=a", Encoding.UTF8, "text/plain");
        await (await client.PostAsync("/api/users/sign-in", content)).Problem(HttpStatusCode.UnsupportedMediaType);
    }

    [Test]
    public async Task A_body_in_a_charset_that_nobody_knows_is_refused()
    {
        using var client = _host.Anonymous();
        using var content = new StringContent("{}");
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=nope");
        await (await client.PostAsync("/api/users/sign-in", content)).Problem(HttpStatusCode.UnsupportedMediaType);
    }

    [Test]
    public async Task An_oversized_body_is_refused()
    {
        using var client = _host.Anonymous();
        using var content = JsonContent.Create(new { email = new string('a', 2_000_000), password = "x" });
        await (await client.PostAsync("/api/users/sign-in", content)).Problem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task Nobody_is_told_to_sign_in_and_a_viewer_that_it_may_not()
    {
        using var nobody = _host.Anonymous();
        using var viewer = await Viewer();

        await (await nobody.GetAsync("/api/catalog/ingests")).Problem(HttpStatusCode.Unauthorized);
        await (await viewer.GetAsync("/api/catalog/ingests")).Problem(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Every_answer_carries_the_security_headers()
    {
        using var client = _host.Anonymous();
        using var data = await client.GetAsync("/health/live");
        using var page = await client.GetAsync("/sign-in");
        Assert.Multiple(() =>
        {
            foreach (var answer in (HttpResponseMessage[])[data, page])
            {
                Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo((string[])["nosniff"]));
                Assert.That(answer.Headers.Contains("Server"), Is.False);
            }

            Assert.That(data.Headers.GetValues("Content-Security-Policy").Single(), Is.EqualTo("default-src 'none'; frame-ancestors 'none'"));
            Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'self'").And.Contain("frame-ancestors 'none'"));
            Assert.That(page.Headers.GetValues("Referrer-Policy"), Is.EqualTo((string[])["same-origin"]));
            Assert.That(page.Headers.Contains("Permissions-Policy"), Is.True);
        });
    }

    private async Task<HttpClient> Viewer()
    {
        using var client = _host.Anonymous();
        await (await client.PostAsJsonAsync("/api/users/register", new { email = "viewer@example.test", password = "correct horse" })).Json(HttpStatusCode.Created);
        return await _host.SignedIn("viewer@example.test", "correct horse");
    }
}

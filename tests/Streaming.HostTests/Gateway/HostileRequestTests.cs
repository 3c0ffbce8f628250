using System.Diagnostics;
using System.Net;
using System.Text;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Gateway;

public sealed class HostileRequestTests
{
    private TestHost _host = null!;

    [OneTimeSetUp]
    public async Task Start() => _host = await TestHost.Start(null, ("gateway:server:headerSeconds", "1"), ("gateway:server:graceSeconds", "2"));

    [OneTimeTearDown]
    public async Task Stop() => await _host.DisposeAsync();

    [Test]
    public async Task Too_many_headers_are_refused()
    {
        var lines = new StringBuilder("GET /health/live HTTP/1.1\r\nHost: x\r\n");
        for (var i = 0; i < 200; i++) lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"X-{i}: 1\r\n");
        await Refused(lines.Append("\r\n").ToString(), 431);
    }

    [Test]
    public async Task Headers_too_long_are_refused() =>
        await Refused($"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Bomb: {new string('a', 64 * 1024)}\r\n\r\n", 431);

    [Test]
    public async Task An_address_too_long_is_refused() => await Refused($"GET /{new string('a', 16 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n", 414);

    [TestCase("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nX", TestName = "Two_lengths_length_and_chunks")]
    [TestCase("Content-Length: 4\r\nContent-Length: 30\r\n", "abcd", TestName = "Two_lengths_that_differ")]
    [TestCase("Content-Length : 4\r\n", "abcd", TestName = "A_blank_before_the_colon")]
    [TestCase("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", TestName = "An_encoding_that_only_looks_like_chunked")]
    [TestCase("Transfer-Encoding: chunked\r\n", "2;\nxx\r\n4c\r\n0\r\n\r\n", TestName = "A_bare_line_feed_in_a_chunk_extension")]
    [TestCase("X-A: 1\nX-B: 2\r\n", "", TestName = "A_bare_line_feed_between_headers")]
    [TestCase("X-A: 1\r\n folded: yes\r\n", "", TestName = "A_folded_header")]
    public async Task A_request_of_which_nobody_can_say_where_it_ends_is_refused_and_the_next_one_is_not_read(string headers, string body)
    {
        using var wire = await Wire.To(_host.Url);
        await wire.Write($"POST /api/users/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n{body}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");

        var (answer, isClosed) = await wire.Read(5);

        Assert.That(answer, Does.StartWith("HTTP/1.1 400"));
        Assert.That(isClosed, Is.True, answer);
        Assert.That(answer, Does.Not.Contain("\"live\""), "the request hidden in the first was answered");
    }

    [Test]
    public async Task Headers_that_trickle_are_cut_off_and_others_are_served_meanwhile()
    {
        var began = Stopwatch.StartNew();
        var slow = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Trickle("GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ", began)));
        Assert.That(slow.Max().TotalSeconds, Is.LessThan(8), "all are gone");
    }

    [Test]
    public async Task A_body_that_trickles_is_cut_off()
    {
        var began = Stopwatch.StartNew();
        var slow = await Trickle("POST /api/users/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", began);
        Assert.That(slow.TotalSeconds, Is.LessThan(10));
    }

    private async Task<TimeSpan> Trickle(string beginning, Stopwatch began)
    {
        using var wire = await Wire.To(_host.Url);
        await wire.Write(beginning);
        using var client = _host.Anonymous();
        while (began.Elapsed < TimeSpan.FromSeconds(20))
        {
            try
            {
                await wire.Write(" ");
            }
            catch (IOException)
            {
                return began.Elapsed;
            }

            Assert.That((await client.GetAsync("/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
            if ((await wire.Read(0.2)).IsClosed) return began.Elapsed;
        }

        return began.Elapsed;
    }

    private async Task Refused(string request, int status)
    {
        using var wire = await Wire.To(_host.Url);
        try
        {
            await wire.Write(request);
        }
        catch (IOException)
        {
            // It may be refused before it is all there.
        }

        var (answer, isClosed) = await wire.Read(5);
        Assert.That((answer.Split('\r')[0], isClosed), Is.EqualTo(($"HTTP/1.1 {status} {(HttpStatusCode)status switch
        {
            HttpStatusCode.RequestHeaderFieldsTooLarge => "Request Header Fields Too Large",
            _ => "URI Too Long",
        }}", true)));
    }
}

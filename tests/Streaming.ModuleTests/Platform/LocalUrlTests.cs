using Streaming.Platform.Http;

namespace Streaming.ModuleTests.Platform;

internal sealed class LocalUrlTests
{
    [TestCase("/")]
    [TestCase("/title/1?x=%C3%A9#top")]
    [TestCase("/sign-in?returnUrl=%2Fwatch%2F1")]
    [TestCase("/search?q=a//b")]
    [TestCase("/caf%C3%A9")]
    public void Paths_of_this_site_are_gone_back_to(string url) => Assert.That(LocalUrl.Or(url, "/elsewhere"), Is.EqualTo(url));

    [TestCase("//evil.example")]
    [TestCase("///evil.example")]
    [TestCase("/\\evil.example")]
    [TestCase("\\/evil.example")]
    [TestCase("/a\\..\\b")]
    [TestCase("/.//evil.example")]
    [TestCase("/%2fevil.example")]
    [TestCase("/%2Fevil.example")]
    [TestCase("/%5Cevil.example")]
    [TestCase("/%09/evil.example")]
    [TestCase("/%0d%0aSet-Cookie:x=y")]
    [TestCase("/a%00b")]
    [TestCase("/%1b[31m")]
    [TestCase("/%7f")]
    [TestCase("/\t/evil.example")]
    [TestCase("\t//evil.example")]
    [TestCase("/a\r\nSet-Cookie: x=y")]
    [TestCase("/\u0000")]
    [TestCase("/\u007f")]
    [TestCase("/\u00a0//evil.example")]
    [TestCase("/a b")]
    [TestCase("https://evil.example")]
    [TestCase("javascript:alert(1)")]
    [TestCase("~/x")]
    [TestCase("x")]
    [TestCase("?x=/")]
    [TestCase(" ")]
    [TestCase("")]
    [TestCase(null)]
    public void Everything_else_is_not(string? url) => Assert.That(LocalUrl.Or(url, "/elsewhere"), Is.EqualTo("/elsewhere"));

    [Test]
    public void An_address_without_end_is_not() => Assert.That(LocalUrl.IsLocal("/" + new string('a', 2048)), Is.False);
}

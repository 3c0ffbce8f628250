using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Streaming.HostTests.Fixtures;
using Streaming.Platform.Http;

namespace Streaming.HostTests.Gateway;

/// <summary>For which requests the host lets somebody go on who was known a moment ago while the accounts cannot be asked.</summary>
public sealed class PlaybackFirstTests
{
    private static readonly string[] _playback = ["/watch/marked", "/api/playback/marked", "/m/marked", "/api/edges/marked"];
    private static readonly string[] _others = ["/marked", "/api/users/marked", "/api/catalog/marked", "/api/playbackish/marked", "/ops/marked", "/studio/marked"];

    [Test]
    public async Task It_does_so_for_playback_and_for_nothing_else()
    {
        await using var host = await TestHost.Start(null, routes =>
        {
            foreach (var path in _playback.Concat(_others)) routes.MapGet(path, (HttpContext http) => http.Features.Get<KnownFromBefore>() is not null);
        });
        using var client = host.Anonymous();
        foreach (var path in _playback) Assert.That(await client.GetStringAsync(path), Is.EqualTo("true"), path);
        foreach (var path in _others) Assert.That(await client.GetStringAsync(path), Is.EqualTo("false"), path);
    }
}

using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Playback;

namespace Streaming.ModuleTests.Playback.Fixtures;

internal static class PlaybackHosts
{
    public static async Task<(ModuleHost Host, Others Others)> Start(Engine engine, DialMode dial, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var others = new Others();
        return (await ModuleHost.Start(engine, dial, [new PlaybackModule()], others.Register, settings), others);
    }
}

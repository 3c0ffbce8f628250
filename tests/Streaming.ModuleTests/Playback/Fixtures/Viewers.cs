using Streaming.Kernel;
using Streaming.Users;

namespace Streaming.ModuleTests.Playback.Fixtures;

internal static class Viewers
{
    public static Caller WithProfile(Guid profile) => new(
        Guid.CreateVersion7(), ["viewer"], new Dictionary<string, string> { [ViewerCaller.ProfileAttribute] = $"{profile}", [ViewerCaller.MaturityAttribute] = "18" });

    public static Caller WithoutProfile { get; } = new(Guid.CreateVersion7(), ["viewer"], new Dictionary<string, string>());
}

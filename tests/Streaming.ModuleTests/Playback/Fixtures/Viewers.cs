using Streaming.Kernel;
using Streaming.Users;

namespace Streaming.ModuleTests.Playback.Fixtures;

internal static class Viewers
{
    /// <summary>Always the same account for the same profile.</summary>
    public static Caller WithProfile(Guid profile) => new(
        profile, ["viewer"], new Dictionary<string, string> { [ViewerCaller.ProfileAttribute] = $"{profile}", [ViewerCaller.MaturityAttribute] = "18" });

    public static Caller WithoutProfile { get; } = new(Guid.CreateVersion7(), ["viewer"], new Dictionary<string, string>());
}

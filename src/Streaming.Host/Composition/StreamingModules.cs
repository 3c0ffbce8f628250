using Streaming.Catalog;
using Streaming.EdgeRouting;
using Streaming.Experiments;
using Streaming.Platform.Modules;
using Streaming.Playback;
using Streaming.Recommendations;
using Streaming.Users;

namespace Streaming.Host.Composition;

/// <summary>The one list of modules. Nothing else in the house names them all.</summary>
internal static class StreamingModules
{
    public static IReadOnlyList<IModule> All =>
    [
        new UsersModule(),
        new CatalogModule(),
        new PlaybackModule(),
        new RecommendationsModule(),
        new ExperimentsModule(),
        new EdgeRoutingModule(),
    ];
}

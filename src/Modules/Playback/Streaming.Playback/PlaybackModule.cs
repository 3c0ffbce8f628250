using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Modules;
using Streaming.Playback.Access;
using Streaming.Playback.Data;
using Streaming.Playback.Media;
using Streaming.Playback.Progress;
using Streaming.Playback.Sessions;
using Streaming.Playback.Telemetry;

namespace Streaming.Playback;

/// <summary>Sessions, signed media addresses, manifests and segments, and how far everybody has watched.</summary>
public sealed class PlaybackModule : IModule
{
    public string Name => "playback";

    public Assembly Contracts => typeof(StartPlayback).Assembly;

    public void AddServices(ModuleBuilder module)
    {
        module.AddData<PlaybackDbContext, SqlitePlaybackDbContext, PostgresPlaybackDbContext>();
        module.AddOptions<TokenOptions>("token");
        module.Services.AddSingleton<PlaybackMetrics>();
        module.Services.AddSingleton<SigningKeys>().AddHostedService<FollowSigningKeys>();
        module.Services.AddSingleton<MediaGate>();
        module.Services.AddSingleton<Presentations>();
        module.Services.AddSingleton<ServeMedia>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        var playback = routes.MapGroup("/api/playback").WithTags("Playback");
        OpenSession.Map(playback);
        ShowSession.Map(playback);
        ReportEvents.Map(playback);
        ContinueWatching.Map(playback);
        var keys = playback.MapGroup("/signing-keys");
        ListSigningKeys.Map(keys);
        RotateSigningKey.Map(keys);
        RevokeSigningKey.Map(keys);
        ServeMedia.Map(routes);
    }
}

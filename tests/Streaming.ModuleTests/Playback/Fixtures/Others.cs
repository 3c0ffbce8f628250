using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.EdgeRouting;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Playback.Fixtures;

/// <summary>What playback asks of the other modules, answered from what a test puts here.</summary>
internal sealed class Others
{
    public Dictionary<Guid, Playable> Playables { get; } = [];

    public Presentation? Presentation { get; set; } = Samples.Film();

    public Error? PresentationError { get; set; }

    public int PresentationCalls;

    public int PlayableCalls;

    /// <summary>What somebody else does while the catalogue thinks about a title.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public string BaseUrl { get; set; } = "";

    public bool EdgesFail { get; set; }

    public Guid AddFilm(double durationSeconds = 1000, Guid? next = null)
    {
        var id = Guid.CreateVersion7();
        Playables[id] = new Playable(
            id, "A film", Samples.Asset, 1, durationSeconds, true, true, [new TrackView("en", "English")], [new TrackView("de", "Deutsch")],
            next, next is null ? null : "The next one");
        return id;
    }

    public void Register(IServiceCollection services) => services
        .AddSingleton(this)
        .AddTransient<IRequestHandler<GetPlayable, Result<Playable>>, PlayableHandler>()
        .AddTransient<IRequestHandler<GetPresentation, Result<Presentation>>, PresentationHandler>()
        .AddTransient<IRequestHandler<GetFetchSources, Result<FetchSources>>, SourcesHandler>();

    private sealed class PlayableHandler(Others others) : IRequestHandler<GetPlayable, Result<Playable>>
    {
        public async Task<Result<Playable>> Handle(GetPlayable request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref others.PlayableCalls);
            if (others.Meanwhile is { } meanwhile) await meanwhile();
            return others.Playables.TryGetValue(request.TitleId, out var playable) ? playable : Error.NotFound("title", request.TitleId);
        }
    }

    private sealed class PresentationHandler(Others others, CallContext context) : IRequestHandler<GetPresentation, Result<Presentation>>
    {
        public async Task<Result<Presentation>> Handle(GetPresentation request, CancellationToken cancellationToken)
        {
            if (!context.Caller.IsIn(Caller.SystemRole)) return Error.Forbidden("role-required", "The catalogue answers this to the system only.");
            Interlocked.Increment(ref others.PresentationCalls);
            await Task.Delay(20, cancellationToken);
            if (others.PresentationError is { } error) return error;
            return others.Presentation is { } rows && rows.AssetId == request.AssetId ? rows : Error.NotFound("asset", request.AssetId);
        }
    }

    private sealed class SourcesHandler(Others others) : IRequestHandler<GetFetchSources, Result<FetchSources>>
    {
        public Task<Result<FetchSources>> Handle(GetFetchSources request, CancellationToken cancellationToken) => Task.FromResult<Result<FetchSources>>(
            others.EdgesFail ? Error.Unavailable("edges:down", "No.") : new FetchSources([new FetchSource("origin", others.BaseUrl)]));
    }
}

using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Experiments;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Users;

namespace Streaming.ModuleTests.Recommendations;

/// <summary>Titles as the catalogue would show them to the caller, and a count of how often it was asked.</summary>
internal sealed class FakeCatalog
{
    public List<TitleCard> Titles { get; } = [];

    public List<object> Asked { get; } = [];

    /// <summary>What the flag says; null for an experiments module that does not answer.</summary>
    public string? Variant { get; set; } = "popular-first";

    /// <summary>Titles are answered once this has ended.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    /// <summary>What titles are answered with instead.</summary>
    public Error? Refusal { get; set; }

    /// <summary>In whose name titles were asked for.</summary>
    public List<Guid?> Subjects { get; } = [];

    public TitleCard Add(string name, string[] genres, string kind = TitleKinds.Film, int maturity = 0, string state = "published", Guid? series = null)
    {
        var card = new TitleCard(Guid.CreateVersion7(), kind, name, "", null, genres, maturity, null, null, true, state, series);
        Titles.Add(card);
        return card;
    }

    public void Register(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddScoped<IRequestHandler<GetTitles, Result<TitleList>>, Handlers>();
        services.AddScoped<IRequestHandler<GetGenreShelves, Result<GenreShelves>>, Handlers>();
        services.AddScoped<IRequestHandler<GetGenres, Result<GenreList>>, Handlers>();
        services.AddScoped<IRequestHandler<GetAssignments, Result<AssignmentList>>, Handlers>();
    }

    internal sealed class Handlers(FakeCatalog catalog, CallContext context) :
        IRequestHandler<GetTitles, Result<TitleList>>,
        IRequestHandler<GetGenreShelves, Result<GenreShelves>>,
        IRequestHandler<GetGenres, Result<GenreList>>,
        IRequestHandler<GetAssignments, Result<AssignmentList>>
    {
        private TitleCard[] Visible => [.. catalog.Titles.Where(t =>
            context.Caller.SeesAllTitles || (t.State == "published" && t.Maturity <= context.Caller.MaturityLimit))];

        public async Task<Result<TitleList>> Handle(GetTitles request, CancellationToken cancellationToken)
        {
            Note(request);
            Assert.That(request.Ids, Has.Count.InRange(1, 200).And.Unique);
            lock (catalog.Asked) catalog.Subjects.Add(context.Caller.Subject);
            await catalog.Answering;
            if (catalog.Refusal is { } refusal) return refusal;
            return new TitleList([.. Visible.Where(t => request.Ids.Contains(t.Id))]);
        }

        public Task<Result<GenreShelves>> Handle(GetGenreShelves request, CancellationToken cancellationToken)
        {
            Note(request);
            Assert.That(request.Genres, Has.Count.InRange(1, 20).And.Unique);
            return Task.FromResult<Result<GenreShelves>>(new GenreShelves([.. request.Genres.Select(genre => new GenreShelf(genre, [.. Visible
                .Where(t => t.Kind != TitleKinds.Episode && t.State == TitleStates.Published && t.Genres.Contains(genre))
                .Take(request.Limit).Select(t => new ShelvedTitle(t.Id, t.Kind))]))]));
        }

        public Task<Result<GenreList>> Handle(GetGenres request, CancellationToken cancellationToken)
        {
            Note(request);
            return Task.FromResult<Result<GenreList>>(new GenreList([.. Visible.Where(t => t.Kind != TitleKinds.Episode)
                .SelectMany(t => t.Genres).CountBy(g => g).OrderByDescending(g => g.Value).Select(g => new GenreCount(g.Key, g.Value))]));
        }

        public Task<Result<AssignmentList>> Handle(GetAssignments request, CancellationToken cancellationToken)
        {
            Note(request);
            return Task.FromResult<Result<AssignmentList>>(catalog.Variant is { } variant
                ? new AssignmentList([new Assignment("home-row-order", variant, 0)])
                : Error.Unavailable("internal", "Not now."));
        }

        private void Note(object request)
        {
            lock (catalog.Asked) catalog.Asked.Add(request);
        }
    }
}

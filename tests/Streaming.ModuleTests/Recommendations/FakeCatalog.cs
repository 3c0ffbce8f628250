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
        services.AddScoped<IRequestHandler<BrowseTitles, Result<TitlePage>>, Handlers>();
        services.AddScoped<IRequestHandler<GetGenres, Result<GenreList>>, Handlers>();
        services.AddScoped<IRequestHandler<GetAssignments, Result<AssignmentList>>, Handlers>();
    }

    internal sealed class Handlers(FakeCatalog catalog, CallContext context) :
        IRequestHandler<GetTitles, Result<TitleList>>,
        IRequestHandler<BrowseTitles, Result<TitlePage>>,
        IRequestHandler<GetGenres, Result<GenreList>>,
        IRequestHandler<GetAssignments, Result<AssignmentList>>
    {
        private TitleCard[] Visible => [.. catalog.Titles.Where(t =>
            context.Caller.SeesAllTitles || (t.State == "published" && t.Maturity <= context.Caller.MaturityLimit))];

        public Task<Result<TitleList>> Handle(GetTitles request, CancellationToken cancellationToken)
        {
            Note(request);
            Assert.That(request.Ids, Has.Count.InRange(1, 200).And.Unique);
            return Task.FromResult<Result<TitleList>>(new TitleList([.. Visible.Where(t => request.Ids.Contains(t.Id))]));
        }

        public Task<Result<TitlePage>> Handle(BrowseTitles request, CancellationToken cancellationToken)
        {
            Note(request);
            var titles = Visible.Where(t => t.Kind != TitleKinds.Episode && (request.Genre is null || t.Genres.Contains(request.Genre)));
            return Task.FromResult<Result<TitlePage>>(new TitlePage([.. titles.Take(request.Limit)], null));
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

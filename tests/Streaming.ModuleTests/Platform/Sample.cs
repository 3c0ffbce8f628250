using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;

namespace Streaming.ModuleTests.Platform;

/// <summary>A module as small as one can be, whose handlers do what a test puts into <see cref="Probe"/>.</summary>
internal sealed class Sample(bool hasData, params Type[] types) : IModule
{
    public string Name => "sample";

    public Assembly Contracts { get; } = new TypeList(types);

    public Assembly Implementation => Contracts;

    public static async Task<(ModuleHost Host, Probe Probe)> Start(Engine engine, DialMode dial, params (string Key, string? Value)[] settings)
    {
        var probe = new Probe();
        var module = new Sample(hasData: true, [.. typeof(Sample).GetNestedTypes(BindingFlags.NonPublic).OrderBy(t => t.Name, StringComparer.Ordinal)]);
        var host = await ModuleHost.Start(engine, dial, [module], services => services.AddSingleton(probe).AddScoped<Scoped>(), settings.ToDictionary(s => s.Key, s => s.Value));
        await host.With<SampleDbContext, bool>(async db =>
        {
            await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
            return true;
        });
        return (host, probe);
    }

    public void AddServices(ModuleBuilder module)
    {
        if (hasData) module.AddData<SampleDbContext, SqliteSampleDbContext, PostgresSampleDbContext>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }

    /// <summary>An assembly of just these types.</summary>
    private sealed class TypeList(Type[] types) : Assembly
    {
        public override Type[] GetTypes() => types;
    }

    internal sealed class Scoped;

    internal sealed class Probe
    {
        public Func<IServiceProvider, CancellationToken, Task<string>> Answer { get; set; } = (_, _) => Task.FromResult("answer");

        public Action OnBehind { get; set; } = () => { };

        public Error? Refusal { get; set; }

        public Func<SampleDbContext, Task<Error?>> OnWrite { get; set; } = _ => Task.FromResult<Error?>(null);

        public Action<NoteWritten> OnFragile { get; set; } = _ => { };
    }

    [Contract("sample.ask", version: 1, DeadlineMs = 1000)]
    internal sealed record Ask : IQuery<string>;

    [Contract("sample.ask-briefly", version: 1, DeadlineMs = 100)]
    internal sealed record AskBriefly : IQuery<long>;

    /// <summary>Answers with what <see cref="Ask"/> answers.</summary>
    [Contract("sample.ask-behind", version: 1, DeadlineMs = 1000)]
    internal sealed record AskBehind : IQuery<string>;

    [Contract("sample.ask-always", version: 1, DeadlineMs = 1000, StaleSeconds = 300)]
    internal sealed record AskAlways(string What) : IQuery<string>;

    [Contract("sample.ask-always-alike", version: 1, DeadlineMs = 1000, StaleSeconds = 300, StaleApart = ["age"])]
    internal sealed record AskAlwaysAlike(string What) : IQuery<string>;

    [Contract("sample.ask-signed-in", version: 1), Requires]
    internal sealed record AskSignedIn : IQuery<Done>;

    [Contract("sample.ask-editor", version: 1), Requires("editor", "chief")]
    internal sealed record AskEditor : IQuery<Done>;

    [Contract("sample.ask-rightly", version: 1)]
    internal sealed record AskRightly(string FirstName, Address HomeAddress) : IQuery<Done>;

    internal sealed record Address(string StreetName);

    [Contract("sample.ask-lossy", version: 1)]
    internal sealed record AskLossy : IQuery<Lossy>;

    internal sealed class Lossy(int secret)
    {
        public int Doubled => 2 * secret;
    }

    [Contract("sample.write", version: 1, DeadlineMs = 60_000)]
    internal sealed record Write(Guid CommandId, string Text) : ICommand<NoteView>;

    [Contract("sample.write-briefly", version: 1, DeadlineMs = 300)]
    internal sealed record WriteBriefly(Guid CommandId) : ICommand<NoteView>;

    [Contract("sample.write-soon", version: 1, DeadlineMs = 2000)]
    internal sealed record WriteSoon(Guid CommandId) : ICommand<NoteView>;

    internal sealed record NoteView(Guid Id, string Text);

    internal sealed record NoteWritten(Guid NoteId, string Text) : IModuleEvent;

    internal sealed class Rules : AbstractValidator<AskRightly>
    {
        public Rules()
        {
            RuleFor(q => q.FirstName).NotEmpty().WithMessage("Say who.").MinimumLength(2).WithMessage("Too short.");
            RuleFor(q => q.HomeAddress.StreetName).NotEmpty();
        }
    }

    internal sealed class AskHandlers(Probe probe, IServiceProvider services, CallContext context, TimeProvider clock) :
        IRequestHandler<Ask, Result<string>>,
        IRequestHandler<AskBehind, Result<string>>,
        IRequestHandler<AskAlways, Result<string>>,
        IRequestHandler<AskAlwaysAlike, Result<string>>,
        IRequestHandler<AskBriefly, Result<long>>,
        IRequestHandler<AskSignedIn, Result<Done>>,
        IRequestHandler<AskEditor, Result<Done>>,
        IRequestHandler<AskRightly, Result<Done>>,
        IRequestHandler<AskLossy, Result<Lossy>>
    {
        public async Task<Result<string>> Handle(Ask request, CancellationToken cancellationToken) => await probe.Answer(services, cancellationToken);

        public async Task<Result<string>> Handle(AskBehind request, CancellationToken cancellationToken)
        {
            probe.OnBehind();
            return await services.GetRequiredService<IMediator>().Send(new Ask(), cancellationToken);
        }

        public async Task<Result<string>> Handle(AskAlways request, CancellationToken cancellationToken) =>
            probe.Refusal is { } refusal ? refusal : await probe.Answer(services, cancellationToken);

        public async Task<Result<string>> Handle(AskAlwaysAlike request, CancellationToken cancellationToken) => await probe.Answer(services, cancellationToken);

        /// <summary>The milliseconds that it has.</summary>
        public Task<Result<long>> Handle(AskBriefly request, CancellationToken cancellationToken) => Task.FromResult<Result<long>>(
            (long)clock.GetElapsedTime(clock.GetTimestamp(), context.Deadline!.Value).TotalMilliseconds);

        public Task<Result<Done>> Handle(AskSignedIn request, CancellationToken cancellationToken) => Fine();

        public Task<Result<Done>> Handle(AskEditor request, CancellationToken cancellationToken) => Fine();

        public Task<Result<Done>> Handle(AskRightly request, CancellationToken cancellationToken) => Fine();

        public Task<Result<Lossy>> Handle(AskLossy request, CancellationToken cancellationToken) => Task.FromResult<Result<Lossy>>(new Lossy(21));

        private static Task<Result<Done>> Fine() => Task.FromResult<Result<Done>>(Done.Instance);
    }

    internal sealed class WriteHandler(SampleDbContext db, Probe probe, TimeProvider clock) :
        IRequestHandler<Write, Result<NoteView>>,
        IRequestHandler<WriteBriefly, Result<NoteView>>,
        IRequestHandler<WriteSoon, Result<NoteView>>
    {
        public Task<Result<NoteView>> Handle(WriteBriefly request, CancellationToken cancellationToken) =>
            Handle(new Write(request.CommandId, "briefly"), cancellationToken);

        public Task<Result<NoteView>> Handle(WriteSoon request, CancellationToken cancellationToken) =>
            Handle(new Write(request.CommandId, "soon"), cancellationToken);

        public async Task<Result<NoteView>> Handle(Write request, CancellationToken cancellationToken)
        {
            var note = new Note { Id = Guid.CreateVersion7(), Text = request.Text };
            db.Notes.Add(note);
            db.Outbox.Add(new NoteWritten(note.Id, note.Text), clock.GetUtcNow());
            await db.SaveChangesAsync(cancellationToken);
            if (await probe.OnWrite(db) is { } error) return error;
            return new NoteView(note.Id, note.Text);
        }
    }

    internal sealed class CountNote(SampleDbContext db) : INotificationHandler<NoteWritten>
    {
        public async Task Handle(NoteWritten notification, CancellationToken cancellationToken)
        {
            db.Tellings.Add(new Telling { Id = Guid.CreateVersion7(), NoteId = notification.NoteId, By = nameof(CountNote) });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>Named to come before <see cref="CountNote"/>; it leaves saving to the delivery.</summary>
    internal sealed class AFragileHandler(SampleDbContext db, Probe probe) : INotificationHandler<NoteWritten>
    {
        public Task Handle(NoteWritten notification, CancellationToken cancellationToken)
        {
            db.Tellings.Add(new Telling { Id = Guid.CreateVersion7(), NoteId = notification.NoteId, By = nameof(AFragileHandler) });
            probe.OnFragile(notification);
            return Task.CompletedTask;
        }
    }

    internal sealed class Note
    {
        public required Guid Id { get; init; }

        public required string Text { get; init; }
    }

    /// <summary>An event that a handler has been told.</summary>
    internal sealed class Telling
    {
        public required Guid Id { get; init; }

        public required Guid NoteId { get; init; }

        public required string By { get; init; }
    }

    internal abstract class SampleDbContext(DbContextOptions options) : ModuleDbContext(options)
    {
        public override string Module => "sample";

        public DbSet<Note> Notes => Set<Note>();

        public DbSet<Telling> Tellings => Set<Telling>();

        protected override void BuildModel(ModelBuilder model)
        {
            model.Entity<Note>().ToTable("note");
            model.Entity<Telling>().ToTable("telling");
        }
    }

    internal sealed class SqliteSampleDbContext(DbContextOptions<SqliteSampleDbContext> options) : SampleDbContext(options);

    internal sealed class PostgresSampleDbContext(DbContextOptions<PostgresSampleDbContext> options) : SampleDbContext(options);
}

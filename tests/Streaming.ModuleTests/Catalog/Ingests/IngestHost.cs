using System.Globalization;
using System.Text;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Catalog;
using Streaming.Catalog.Data;
using Streaming.Catalog.Ingests;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Jobs;
using Streaming.Platform.Modules;
using Streaming.Platform.Storage;
using Streaming.Users;

namespace Streaming.ModuleTests.Catalog.Ingests;

/// <summary>
/// The catalogue behind real HTTP on a database that outlives it, so that a test can start another one on the same folder. By hand
/// nothing works in the background: the test calls the worker and the watch.
/// </summary>
internal sealed class IngestHost : IAsyncDisposable
{
    public static readonly Caller Publisher = new(Guid.CreateVersion7(), [Roles.Viewer, Roles.Publisher], new Dictionary<string, string>());

    private readonly WebApplication _app;

    private IngestHost(WebApplication app) => _app = app;

    public Caller Caller { get; set; } = Publisher;

    public HttpClient Client { get; } = new();

    public IServiceProvider Services => _app.Services;

    public IngestWorker Worker => Services.GetRequiredService<IngestWorker>();

    public IngestWatch Watch => Services.GetRequiredService<IngestWatch>();

    public QuotaStore Store => (QuotaStore)Services.GetRequiredService<IObjectStore>();

    public static async Task<IngestHost> Start(
        TestDatabase database, bool byHand = true, IReadOnlyDictionary<string, string?>? settings = null, DialMode dial = DialMode.InProcess)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["data:folder"] = database.Folder,
            ["data:postgres"] = database.Postgres,
            ["dial:default"] = dial == DialMode.RoundTrip ? "round-trip" : "in-process",
            ["catalog:ffmpeg:preset"] = "ultrafast",
            ["catalog:ffmpeg:probeTimeout"] = "00:00:20",
            ["catalog:ingest:reserveBytes"] = "1000000",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        var services = builder.Services;
        services.AddRouting().AddHttpConventions().AddObjectStore().AddJobs(builder.Configuration, ProcessRole.Host);
        services.AddModules(builder.Configuration, new CatalogModule());
        services.AddSingleton<LocalObjectStore>();
        services.Replace(ServiceDescriptor.Singleton<IObjectStore, QuotaStore>());
        if (byHand)
        {
            services.AddSingleton<IBackgroundJobClient, NoJobs>();
            foreach (var background in services.Where(s => s.ServiceType == typeof(IHostedService)
                && s.ImplementationFactory?.Method.DeclaringType?.GenericTypeArguments.Contains(typeof(IngestWatch)) == true).ToList()) services.Remove(background);
        }

        var app = builder.Build();
        var host = new IngestHost(app);
        await app.Services.GetRequiredService<ModuleMigrations>().Apply(CancellationToken.None);
        app.UseProblems();
        app.UseRouting();
        app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<CallContext>().Caller = host.Caller;
            return next(context);
        });
        app.MapModules();
        await app.StartAsync();
        host.Client.BaseAddress = new Uri(app.Urls.Single());
        return host;
    }

    public async Task<Result<T>> Send<T>(IRequest<Result<T>> request, Caller? caller = null)
    {
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = caller ?? Caller.System;
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    public async Task<T> Db<T>(Func<CatalogDbContext, Task<T>> use)
    {
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        return await use(scope.ServiceProvider.GetRequiredService<CatalogDbContext>());
    }

    public Task<Ingest> Row(Guid id) => Db(db => db.Ingests.AsNoTracking().SingleAsync(i => i.Id == id));

    public async Task<IngestView> View(Guid id)
    {
        var view = await Send(new GetIngest(id));
        Assert.That(view.Error, Is.Null);
        return view.Value;
    }

    public async Task<Presentation> Presentation(Guid ingest)
    {
        var asset = await Db(db => db.Assets.AsNoTracking().SingleAsync(a => a.Id == db.Ingests.Single(i => i.Id == ingest).AssetId));
        return (await Send(new GetPresentation(asset.Id, asset.Revision))).Value;
    }

    /// <summary>A tus request with the headers every one needs.</summary>
    public async Task<HttpResponseMessage> Tus(HttpMethod method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> Create(long length, string metadata = "") =>
        Tus(HttpMethod.Post, "/api/catalog/uploads", null, ("Upload-Length", length.ToString(CultureInfo.InvariantCulture)), ("Upload-Metadata", metadata));

    public Task<HttpResponseMessage> Patch(string location, long offset, byte[] bytes, string type = "application/offset+octet-stream")
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Tus(HttpMethod.Patch, location, content, ("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Sends a whole file; answers its ingest.</summary>
    public async Task<Guid> Upload(string path, bool publish = false, string? title = null, Guid? titleId = null)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        using var created = await Create(bytes.Length, Metadata(("filename", Path.GetFileName(path)), ("title", title), ("titleId", titleId?.ToString()), ("publish", publish ? "true" : null)));
        Assert.That((int)created.StatusCode, Is.EqualTo(201), await created.Content.ReadAsStringAsync());
        using var sent = await Patch(created.Headers.Location!.ToString(), 0, bytes);
        Assert.That((int)sent.StatusCode, Is.EqualTo(204), await sent.Content.ReadAsStringAsync());
        return Guid.Parse(sent.Headers.GetValues("Streaming-Ingest").Single());
    }

    public static string Metadata(params (string Name, string? Value)[] values) => string.Join(
        ',', values.Where(v => v.Value is not null).Select(v => $"{v.Name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(v.Value!))}"));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class NoJobs : IBackgroundJobClient
    {
        public string Create(Job job, IState state) => "none";

        public bool ChangeState(string jobId, IState state, string expectedState) => true;
    }
}

/// <summary>The real store, on a disk that is as full as a test wants it.</summary>
internal sealed class QuotaStore(LocalObjectStore store) : IObjectStore
{
    public long? Free { get; set; }

    /// <summary>Called before an object is taken over; what it throws is what the disk says.</summary>
    public Action<string>? BeforeCommit { get; set; }

    public Func<string, Task>? AfterCommit { get; set; }

    public List<string> Committed { get; } = [];

    public long FreeBytes => Free ?? store.FreeBytes;

    public async Task Commit(string key, string file, CancellationToken cancellationToken)
    {
        BeforeCommit?.Invoke(key);
        await store.Commit(key, file, cancellationToken);
        lock (Committed) Committed.Add(key);
        if (AfterCommit is not null) await AfterCommit(key);
    }

    public ValueTask<long?> Size(string key, CancellationToken cancellationToken) => store.Size(key, cancellationToken);

    public ValueTask<Stream?> Open(string key, CancellationToken cancellationToken) => store.Open(key, cancellationToken);

    public IAsyncEnumerable<string> List(string folder, CancellationToken cancellationToken) => store.List(folder, cancellationToken);

    public Task Delete(string key, CancellationToken cancellationToken) => store.Delete(key, cancellationToken);

    public Task DeleteFolder(string folder, CancellationToken cancellationToken) => store.DeleteFolder(folder, cancellationToken);
}

using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Http;
using Streaming.Platform.Jobs;
using Streaming.Platform.Modules;
using Streaming.Platform.Outbox;
using Streaming.Platform.Storage;

namespace Streaming.ModuleTests.Fixtures;

/// <summary>
/// Some modules on a database of their own, without HTTP and without anything running in the background. What the modules under
/// test ask of others is answered by handlers given as <c>fakes</c>.
/// </summary>
internal sealed class ModuleHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly TestDatabase? _database;
    private OtherProcess? _there;

    private ModuleHost(IHost host, TestDatabase database, bool ownsDatabase, FakeTimeProvider clock) =>
        (_host, Folder, _database, Clock) = (host, database.Folder, ownsDatabase ? database : null, clock);

    public FakeTimeProvider Clock { get; }

    public IServiceProvider Services => _host.Services;

    public string Folder { get; }

    public static async Task<ModuleHost> Start(
        Engine engine,
        DialMode dial,
        IReadOnlyList<IModule> modules,
        Action<IServiceCollection>? fakes = null,
        IReadOnlyDictionary<string, string?>? settings = null) =>
        await On(await TestDatabase.Create(engine), ownsDatabase: true, dial, modules, fakes, settings);

    /// <summary>One of several hosts on a database, if that is PostgreSQL.</summary>
    public static async Task<ModuleHost> On(
        TestDatabase database,
        bool ownsDatabase,
        DialMode dial,
        IReadOnlyList<IModule> modules,
        Action<IServiceCollection>? fakes = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));
        Dictionary<string, string?> all = new()
        {
            ["data:folder"] = database.Folder,
            ["data:postgres"] = database.Postgres,
            ["dial:default"] = dial == DialMode.RoundTrip ? "round-trip" : "in-process",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) all[key] = value;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Test" });
        builder.Configuration.AddInMemoryCollection(all);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        Add(builder.Services, builder.Configuration);
        var host = builder.Build();
        await host.Services.GetRequiredService<ModuleMigrations>().Apply(CancellationToken.None);
        var started = new ModuleHost(host, database, ownsDatabase, clock);
        if (dial == DialMode.Remote) started._there = await OtherProcess.Start(host.Services, modules, all, Add);
        return started;

        void Add(IServiceCollection services, IConfiguration configuration)
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddDataProtection();
            services.AddHttpConventions().AddZoneCache().AddObjectStore().AddJobs(configuration, ProcessRole.Host);
            services.AddModules(configuration, [.. modules]);
            fakes?.Invoke(services);
        }
    }

    /// <summary>Sends a request in a scope of its own, on behalf of the caller; the system where none is named.</summary>
    public async Task<Result<T>> Send<T>(IRequest<Result<T>> request, Caller? caller = null)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = caller ?? Caller.System;
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    /// <summary>Does something with a service of a scope of its own.</summary>
    public async Task<TAnswer> With<TService, TAnswer>(Func<TService, Task<TAnswer>> use) where TService : notnull
    {
        await using var scope = _host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System;
        return await use(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Carries events to their handlers until no outbox has any left that may be delivered now.</summary>
    public async Task DeliverEvents()
    {
        while (await Services.GetRequiredService<OutboxRelay>().Pass(CancellationToken.None))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_there is not null) await _there.DisposeAsync();
        _host.Dispose();
        if (_database is not null) await _database.DisposeAsync();
    }
}

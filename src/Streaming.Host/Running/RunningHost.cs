using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Streaming.Host.Composition;
using Streaming.Host.Gateway;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Host.Handovers;
using Streaming.Platform.Data;
using Streaming.Platform.Dial.Decisions;
using Streaming.Platform.Modules;

namespace Streaming.Host.Running;

/// <summary>A host that has been started: its folder is locked, its databases are up to date, it listens.</summary>
internal sealed partial class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FolderLock _lock;

    private RunningHost(WebApplication app, FolderLock folder, Uri url) => (_app, _lock, Url) = (app, folder, url);

    /// <summary>The first public address, with 127.0.0.1 for a wildcard.</summary>
    public Uri Url { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The process that has taken this host's place; null where none has.</summary>
    public Successor? Successor => _app.Services.GetRequiredService<Handover>().Successor;

    /// <param name="settings">From the command line.</param>
    /// <param name="ct">Ends the start.</param>
    /// <param name="more">Further endpoints.</param>
    /// <param name="predecessor">The host whose place it takes; null for none.</param>
    /// <exception cref="StartFailure">It cannot start; the message says what to do.</exception>
    public static async Task<RunningHost> Start(
        IReadOnlyDictionary<string, string?> settings, CancellationToken ct, Action<IEndpointRouteBuilder>? more = null, Predecessor? predecessor = null)
    {
        FolderLock? folder = null;
        WebApplication? app = null;
        try
        {
            var configuration = StreamingConfiguration.Build(settings);
            var path = DataOptions.From(configuration).Folder;
            if (predecessor is null) folder = FolderLock.Take(path, configuration["instance:name"]);
            if (predecessor is null && ListenerSetup.Urls(configuration).FirstOrDefault(ListenAddress.IsTaken) is { } taken)
                throw new StartFailure($"Another program listens on {taken}. Choose another address with --urls.");
            app = StreamingApplication.Build(settings, more, predecessor?.Sockets);
            if (configuration["instance:host"] is { Length: > 0 } host) await app.Services.GetRequiredService<HostGreeting>().Meet(host, ct);
            await app.Services.GetRequiredService<ModuleMigrations>().Ensure(ct);
            if (predecessor is not null) folder = await Succeed(predecessor, app, path, ct);
            await app.StartAsync(ct);
            app.Services.GetRequiredService<ListeningSockets>().CloseRest();
            app.Services.GetRequiredService<Handover>().Folder = folder;
            var url = FirstUrl(app);
            folder!.Tell(url);
            if (app.Services.GetRequiredService<ProcessRole>() is { Instance: not null } role) await InstanceWarmUp.Run(app.Services, role, url, ct);
            app.Services.GetRequiredService<ProcessNote>().Listens(app.Services.GetRequiredService<HostIdentity>().Id, url, app.Services.GetRequiredService<WireListener>().Address);
            if (predecessor is not null) await predecessor.TellServing(ct);
            Ready(app.Logger, url);
            return new RunningHost(app, folder, url);
        }
        catch (Exception failure)
        {
            if (app is not null) await app.DisposeAsync();
            folder?.Dispose();
            if (failure is OperationCanceledException) throw;
            throw StartFailure.From(failure);
        }
    }

    /// <summary>Until somebody stops it: a signal, or the token.</summary>
    public Task Stopped(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _lock.Dispose();
    }

    /// <summary>Up to its end the predecessor changes what this process would keep in its memory.</summary>
    private static async Task<FolderLock> Succeed(Predecessor predecessor, WebApplication app, string path, CancellationToken ct)
    {
        var (sharing, stopping) = (app.Services.GetRequiredService<DatabaseSharing>(), app.Lifetime.ApplicationStopping);
        var folder = await predecessor.TakeFolder(path, app.Services.GetRequiredService<TimeProvider>(), ct);
        sharing.IsHandedOver = true;
        _ = Task.Run(async () =>
        {
            await predecessor.Ended(stopping);
            sharing.IsHandedOver = false;
        }, stopping);
        return folder;
    }

    private static Uri FirstUrl(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        foreach (var wildcard in new[] { "[::]", "0.0.0.0", "*", "+" }) address = address.Replace($"//{wildcard}:", "//127.0.0.1:", StringComparison.Ordinal);
        return new Uri(address);
    }

    [LoggerMessage(1, LogLevel.Information, "Streaming is ready at {Url}")]
    private static partial void Ready(ILogger logger, Uri url);
}

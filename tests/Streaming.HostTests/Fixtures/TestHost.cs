using Microsoft.AspNetCore.Routing;
using Streaming.Host.Running;

namespace Streaming.HostTests.Fixtures;

/// <summary>The real host on a folder and a port of its own, with an operator who can sign in.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string OperatorEmail = "operator@example.test";
    public const string OperatorPassword = "a long enough password";

    private readonly RunningHost _host;
    private readonly bool _ownsFolder;

    private TestHost(RunningHost host, string folder, bool ownsFolder) => (_host, Folder, _ownsFolder) = (host, folder, ownsFolder);

    public string Folder { get; }

    public Uri Url => _host.Url;

    public IServiceProvider Services => _host.Services;

    public static Task<TestHost> Start(string? folder = null, params (string Key, string Value)[] settings) => Start(folder, null, settings);

    /// <summary>With further endpoints, to look through.</summary>
    public static async Task<TestHost> Start(string? folder, Action<IEndpointRouteBuilder>? more, params (string Key, string Value)[] settings)
    {
        var path = folder ?? Directory.CreateTempSubdirectory("streaming-host-").FullName;
        var all = new Dictionary<string, string?>
        {
            ["data:folder"] = path,
            ["urls"] = "http://127.0.0.1:0",
            ["telemetry:metrics"] = "off",
            ["logging:loglevel:default"] = "Warning",
            ["logging:json"] = "false",
            ["users:operator:email"] = OperatorEmail,
            ["users:operator:password"] = OperatorPassword,
            ["catalog:ingest:reserveBytes"] = "104857600",
        };
        foreach (var (key, value) in settings) all[key] = value.Length == 0 ? null : value;
        return new TestHost(await RunningHost.Start(all, CancellationToken.None, more), path, folder is null);
    }

    /// <summary>A client that nobody has signed in.</summary>
    public HttpClient Anonymous() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Url };

    /// <summary>A client that carries the access token of an account, with its first profile chosen.</summary>
    public async Task<HttpClient> SignedIn(string email = OperatorEmail, string password = OperatorPassword)
    {
        var client = Anonymous();
        await client.SignIn(email, password);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}

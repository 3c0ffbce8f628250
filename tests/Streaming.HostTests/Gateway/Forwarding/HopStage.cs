using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>A gateway and the instances that a test plays, all let go of together.</summary>
public abstract class HopStage : IAsyncDisposable
{
    private protected const string Titles = "/api/catalog/titles";

    private readonly List<IAsyncDisposable> _resources = [];

    public async ValueTask DisposeAsync()
    {
        for (var i = _resources.Count - 1; i >= 0; i--) await _resources[i].DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<StubInstance> Stub(string name)
    {
        var stub = await StubInstance.Start(name);
        _resources.Add(stub);
        return stub;
    }

    private protected async Task<TestHost> Started((string, string)[] settings)
    {
        var folder = StubKeys.NewDataFolder();
        var host = await TestHost.Start(folder, settings);
        _resources.Add(new Folder(folder));
        _resources.Add(host);
        return host;
    }

    /// <summary>Started, and every instance is in use.</summary>
    private protected async Task<TestHost> Gateway((string, string)[] settings)
    {
        var host = await Started(settings);
        await host.AllIn();
        return host;
    }

    private sealed class Folder(string path) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Directory.Delete(path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}

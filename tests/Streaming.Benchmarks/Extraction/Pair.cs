using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Extraction;

/// <summary>A host and an instance beside it, as processes of their own.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private const string Resource = "/api/operations/dial";
    private const string InstanceName = "bench";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _instance;
    private readonly HttpClient _operator;

    private Pair(HostProcess host, Process instance, HttpClient @operator) => (Host, _instance, _operator) = (host, instance, @operator);

    public HostProcess Host { get; }

    /// <summary>Of both.</summary>
    public double ProcessorSeconds => Processor.Seconds(Host.Id) + Processor.Seconds(_instance.Id);

    public static async Task<Pair> Start(string folder, string modules, CancellationToken ct)
    {
        // All ask from one address; and a busy machine must not end what is measured.
        (string, string)[] settings =
        [
            ("guard:wayMs", "5000"), ("guard:slowPercent", "90"),
            .. new[] { "address", "user" }.SelectMany(name => new[] { ($"gateway:limits:{name}:perSecond", "100000"), ($"gateway:limits:{name}:burst", "100000") }),
        ];
        var host = await HostProcess.Start(folder, ct, settings);
        var instance = Instance(folder, modules, host.Url);
        var pair = new Pair(host, instance, await host.SignedIn(ct));
        try
        {
            for (var begun = Stopwatch.GetTimestamp(); !await pair.IsKnown(modules, ct); await Task.Delay(100, ct))
                if (instance.HasExited || Stopwatch.GetElapsedTime(begun) > _patience) throw new InvalidOperationException("The instance did not come.");
            await Task.Delay(2000, ct); // and asked how it is
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public static Process Instance(string folder, string modules, Uri host) => HostProcess.Launch(
        HostProcess.Binary,
        ["serve", "--data", folder, "--set", "logging:loglevel:default=Warning", "--instance", InstanceName, "--modules", modules, "--host", host.ToString()],
        Path.Combine(folder, "bench-instance.log"));

    public async Task Turn(string module, string mode, decimal percent, CancellationToken ct)
    {
        using var answer = await _operator.PutAsJsonAsync($"{Resource}/{module}", new { mode, percent, force = true }, ct);
        await answer.Expect(HttpStatusCode.OK, ct);
    }

    public async Task<string> ModeOf(string module, CancellationToken ct)
    {
        using var answer = await _operator.GetAsync(Resource, ct);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(ct)).GetProperty("modules").EnumerateArray().First(m => m.Text("module") == module).Text("mode");
    }

    /// <summary>To the instance.</summary>
    public async Task Signal(string signal, CancellationToken ct)
    {
        using var kill = Process.Start("kill", [signal, $"{_instance.Id}"]);
        await kill.WaitForExitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        if (!_instance.HasExited) _instance.Kill();
        await _instance.WaitForExitAsync(CancellationToken.None);
        _instance.Dispose();
        await Host.DisposeAsync();
    }

    private async Task<bool> IsKnown(string modules, CancellationToken ct)
    {
        using var answer = await _operator.GetAsync(Resource, ct);
        var dial = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(ct));
        return dial.GetProperty("modules").EnumerateArray().Where(m => modules.Split(',').Contains(m.GetProperty("module").GetString())).All(m => m.GetProperty("instances").GetArrayLength() > 0);
    }
}

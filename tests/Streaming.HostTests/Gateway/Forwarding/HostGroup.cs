using System.Diagnostics;
using System.Text.Json;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>A gateway and three instances, each a process of its own, on one database.</summary>
internal sealed class HostGroup : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streaming-group-").FullName;
    private readonly SharedDatabase _database;

    private HostGroup(SharedDatabase database)
    {
        _database = database;
        (string, string)[] settings =
        [
            ("data:postgres", database.Connection), ("gateway:trustedProxies", "127.0.0.1"),
            // What is tried here is forwarding; one client asks for what a thousand households do, on a machine that others use too.
            ("gateway:limits:address:perSecond", "1000000"), ("gateway:limits:address:burst", "1000000"), ("gateway:shedding:enabled", "false"),
            ("resilience:policies:gateway.instance:breakerSleepMs", "2000"),
        ];
        Gateway = new HostProcess("gateway", _folder, settings);
        Instances = [.. new[] { "a", "b", "c" }.Select(name => new HostProcess(name, _folder, settings))];
    }

    public HostProcess Gateway { get; }

    public IReadOnlyList<HostProcess> Instances { get; }

    /// <summary>An operator at the gateway.</summary>
    public HttpClient Operator { get; private set; } = null!;

    public static async Task<HostGroup> Start()
    {
        var group = new HostGroup(await SharedDatabase.Create());
        await group.Gateway.Migrate();
        await group.Gateway.Start();
        group.Operator = new HttpClient { BaseAddress = group.Gateway.Url };
        await group.Operator.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        await Task.WhenAll(group.Instances.Select(i => i.Start()));
        return group;
    }

    /// <summary>Turns the dial of the catalogue while the gateway runs; the instances are in these regions, the gateway is in "here".</summary>
    public async Task Dial(string percent, params string[] regions)
    {
        var file = Path.Combine(Gateway.Folder, "streaming.json");
        var instances = Instances.Zip(regions, (i, region) => new { name = i.Name, address = i.Url.ToString(), region });
        await File.WriteAllTextAsync(file + ".tmp", JsonSerializer.Serialize(new
        {
            gateway = new { region = "here", forwarding = new { catalog = new { percent, salt = "faults", rampSeconds = 4, instances } } },
        }));
        File.Move(file + ".tmp", file, overwrite: true);
        await Until(board => board.GetProperty("modules").EnumerateArray().Any(m => $"{m.GetProperty("percent")}" == percent
            && m.GetProperty("instances").EnumerateArray().Select(i => i.GetProperty("region").GetString()).SequenceEqual(regions)), "the dial is not in force");
    }

    /// <summary>Waits until every instance is in use with all of its share.</summary>
    public Task AllIn() => Until(
        board => board.GetProperty("modules")[0].GetProperty("instances").EnumerateArray().All(i => i.GetProperty("state").GetString() == "in" && i.GetProperty("weight").GetDouble() >= 1), "not all are in");

    public async Task<JsonElement> Board() => await (await Operator.GetAsync("/ops/forwarding")).Json();

    public async Task<JsonElement> Of(string instance) =>
        (await Board()).GetProperty("modules")[0].GetProperty("instances").EnumerateArray().Single(i => i.GetProperty("name").GetString() == instance);

    /// <summary>How long until an instance is out.</summary>
    public async Task<TimeSpan> Out(string instance)
    {
        var since = Stopwatch.StartNew();
        while ((await Of(instance)).GetProperty("state").GetString() != "out")
        {
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(20), $"{instance} is still in");
            await Task.Delay(10);
        }

        return since.Elapsed;
    }

    public async Task Until(Func<JsonElement, bool> reached, string otherwise)
    {
        var since = Stopwatch.StartNew();
        while (await Board() is var board && !reached(board))
        {
            Assert.That(since.Elapsed.TotalSeconds, Is.LessThan(40), $"{otherwise}: {board}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Operator?.Dispose();
        foreach (var host in Instances.Prepend(Gateway)) await host.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

using Microsoft.Extensions.Configuration;
using Npgsql;
using Streaming.Platform.Data;

namespace Streaming.ModuleTests.Platform.Consistency;

internal sealed class ClusterOptionsTests
{
    private const string Shared = "Host=ignored;Username=streaming;Password=secret;Database=streaming";

    [TestCase(null)]
    [TestCase("")]
    [TestCase("Host=db;Database=streaming")]
    [TestCase("Host=db;Database=streaming;Options=-c work_mem=8MB")]
    public void One_server_is_left_as_it_is(string? postgres)
    {
        var data = DataOptions.From(Configuration(("data:postgres", postgres)));
        Assert.That((data.HasSeveralServers, data.Postgres), Is.EqualTo((false, string.IsNullOrEmpty(postgres) ? null : postgres)));
    }

    [Test]
    public void Of_several_hosts_whichever_is_the_primary_is_written_to()
    {
        var data = DataOptions.From(Configuration(("data:postgres", "Host=a,b:6432,c;Port=5433;Database=streaming;Options=-c work_mem=8MB")));
        var primary = new NpgsqlConnectionStringBuilder(data.Postgres);
        var servers = data.Cluster!.Servers;

        Assert.That(data.HasSeveralServers, Is.True);
        Assert.That((primary.Host, primary.TargetSessionAttributes, primary.Options), Is.EqualTo(("a,b:6432,c", "primary", "-c work_mem=8MB -c synchronous_commit=on")));
        Assert.That((primary.HostRecheckSeconds, primary.Timeout), Is.EqualTo((1, 3)));
        Assert.That(new NpgsqlConnectionStringBuilder(data.Cluster.PrimaryAtOne).Options, Does.EndWith("-c synchronous_commit=local"));
        Assert.That(servers.Select(s => (s.Name, s.Endpoint(5433))), Is.EqualTo(new[] { ("pg-1", ("a", 5433)), ("pg-2", ("b", 6432)), ("pg-3", ("c", 5433)) }));
        Assert.That(new NpgsqlConnectionStringBuilder(data.Cluster.ToServer(servers[1])) is { Host: "b", Port: 6432, TargetSessionAttributes: null }, Is.True);
    }

    [Test]
    public void What_an_operator_says_about_patience_stays()
    {
        var data = DataOptions.From(Configuration(("data:postgres", "Host=a,b;Database=streaming;Host Recheck Seconds=7;timeout=9")));
        Assert.That(new NpgsqlConnectionStringBuilder(data.Postgres) is { HostRecheckSeconds: 7, Timeout: 9 }, Is.True);
    }

    [Test]
    public void Servers_have_names_and_zones()
    {
        var data = DataOptions.From(Configuration([("data:postgres", Shared), ("data:zone", "b"), .. Server(0, "one", "[::1]:5433", "a"), .. Server(1, "two", "10.0.0.2", "b")]));
        Assert.That(data.Cluster!.Servers.Select(s => (s.Name, s.Zone, s.Endpoint(5432))), Is.EqualTo(new[] { ("one", "a", ("::1", 5433)), ("two", "b", ("10.0.0.2", 5432)) }));
        Assert.That(new NpgsqlConnectionStringBuilder(data.Postgres) is { Host: "[::1]:5433,10.0.0.2", Password: "secret" }, Is.True);
    }

    [TestCase("data:zone", "elsewhere", "data:zone is 'elsewhere'")]
    [TestCase("data:replicaWaitMs", "soon", "data:replicaWaitMs is 'soon'")]
    [TestCase("data:replicaLagSeconds", "0", "data:replicaLagSeconds is '0'")]
    [TestCase("data:servers:1:name", "One", "data:servers:1:name: A name is 1 to 40")]
    [TestCase("data:servers:1:name", "one", "data:servers names one twice")]
    [TestCase("data:servers:1:host", "10.0.0.1:5432", "data:servers has one and two at the same address")]
    [TestCase("data:servers:1:host", "a,b", "data:servers:1:host: A host is one address")]
    [TestCase("data:servers:1:hots", "a", "data:servers:1: ")]
    [TestCase("data:postgres", "", "data:servers needs data:postgres")]
    public void A_wrong_value_is_named_by_its_key(string key, string value, string told)
    {
        (string, string?)[] settings = [("data:postgres", Shared), .. Server(0, "one", "10.0.0.1", "a"), .. Server(1, "two", "10.0.0.2", "b"), (key, value)];
        Assert.That(() => DataOptions.From(Configuration(settings)), Throws.InvalidOperationException.With.Message.StartsWith(told));
    }

    [Test]
    public void A_list_of_one_server_is_a_mistake() => Assert.That(
        () => DataOptions.From(Configuration([("data:postgres", Shared), .. Server(0, "one", "a", null)])), Throws.InvalidOperationException.With.Message.StartsWith("data:servers names one server"));

    internal static IConfiguration Configuration(params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in settings) all[key] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(all).Build();
    }

    private static (string, string?)[] Server(int at, string name, string host, string? zone) =>
        [($"data:servers:{at}:name", name), ($"data:servers:{at}:host", host), ($"data:servers:{at}:zone", zone)];
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Extraction;

/// <summary>A module's rows move to another PostgreSQL server and back while three hosts and sixteen writers go on.</summary>
[NonParallelizable]
public sealed class DataMoveTests
{
    private const int Writers = 16;
    private static readonly TimeSpan _thought = TimeSpan.FromMilliseconds(150);

    private readonly List<HostProcess> _hosts = [];
    private string _home = "";
    private string _folder = "";
    private PostgresServer _source = null!;
    private PostgresServer _target = null!;

    private string Source => $"Host=127.0.0.1;Port={_source.Port};Username=postgres;Database=streaming;Maximum Pool Size=15";

    private string Target => $"Host=127.0.0.1;Port={_target.Port};Username=postgres;Database=streaming";

    [SetUp]
    public async Task StartAll()
    {
        _home = await PostgresCluster.NewHome();
        _folder = Directory.CreateTempSubdirectory("streaming-data-move-").FullName;
        (_source, _target) = (new PostgresServer("source", _home), new PostgresServer("target", _home));
        foreach (var server in new[] { _source, _target })
        {
            await server.Initialise();
            await server.Start();
            await server.TellIn("postgres", "CREATE DATABASE streaming");
        }

        _hosts.AddRange(Enumerable.Range(1, 3).Select(n => new HostProcess($"host-{n}", _folder, ("data:postgres", Source),
            ("gateway:limits:address:perSecond", "100000"), ("gateway:limits:address:burst", "100000"), ("gateway:limits:user:perSecond", "100000"), ("gateway:limits:user:burst", "100000"))));
        await _hosts[0].Migrate();
        await _hosts[0].Start();
        await Task.WhenAll(_hosts.Skip(1).Select(h => h.Start()));
    }

    [TearDown]
    public async Task StopAll()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        _hosts.Clear();
        await _source.DisposeAsync();
        await _target.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task Rows_move_and_come_back_and_nothing_is_lost_or_refused()
    {
        await using var writing = await Writing.Begin(_hosts);
        await using var watch = Watch();
        await writing.More(100);
        var (exit, output) = await _hosts[0].Run("move-data", "catalog", "--to", Target);
        Assert.That(exit, Is.Zero, output);
        await writing.More(200);
        var (_, twice) = await _hosts[1].Run("move-data", "catalog", "--to", Target);
        Assert.That(twice, Does.Contain("are being moved, or have been"));
        var there = await Names(Target);
        (exit, output) = await _hosts[2].Run("move-data", "catalog", "--back");
        Assert.That(exit, Is.Zero, output);
        await writing.More(200);
        await writing.Stop();

        var fences = watch.Fences;
        await TestContext.Out.WriteLineAsync($"{writing.Made.Count} acknowledged, {there.Count} were there, fences {string.Join(" and ", fences)} ms");
        var here = await Names(Source);
        Assert.Multiple(() =>
        {
            Assert.That(writing.Failed, Is.Empty);
            Assert.That(writing.Made.Keys.Except(here), Is.Empty, "acknowledged, and not there");
            Assert.That(here.Count, Is.EqualTo(here.Distinct().Count()), "twice");
            Assert.That(there, Has.Count.GreaterThan(100), "it never was there");
            Assert.That(watch.Violations, Is.Zero, "both sides took writes");
            Assert.That(fences, Has.Count.EqualTo(2).And.All.LessThanOrEqualTo(1000));
        });
    }

    [Test]
    public async Task A_host_that_leads_and_is_killed_at_the_fence_leaves_one_side_to_write_to_and_another_goes_on()
    {
        await using var writing = await Writing.Begin(_hosts);
        await using var watch = Watch();
        await writing.More(50);
        await Ask("", new { to = Target });
        await KillLeader("Fencing", writing);
        await Phase("Moved");
        await writing.More(100);
        Assert.That((await Names(Target)).Count, Is.GreaterThan(50));
        await Ask("/back", new { });
        await KillLeader("BackFencing", writing);
        await Phase("Aborted");
        await writing.More(50);
        await writing.Stop();

        var here = await Names(Source);
        Assert.Multiple(() =>
        {
            Assert.That(writing.Failed, Is.Empty, "of hosts that live");
            Assert.That(writing.Made.Keys.Except(here), Is.Empty, "acknowledged, and not there");
            Assert.That(here.Count, Is.EqualTo(here.Distinct().Count()), "twice");
            Assert.That(watch.Violations, Is.Zero, "both sides took writes");
        });
    }

    [Test]
    public async Task What_cannot_be_moved_is_told_before_anything_is_made_and_a_target_that_dies_is_waited_for_or_given_up()
    {
        foreach (var (to, reason) in new[]
        {
            ("nonsense", "It is no connection string"), ("Host=127.0.0.1", "names a host and a database"), (Source, "That is the database that the rows are in"),
            ("Host=127.0.0.1;Port=1;Database=streaming;Username=postgres", "does not answer as it should"),
        })
            Assert.That((await _hosts[0].Run("move-data", "catalog", "--to", to)).Output, Does.Contain(reason));
        Assert.That((await _hosts[0].Run("move-data", "nothing", "--to", Target)).Output, Does.Contain("nothing"));
        await using var writing = await Writing.Begin(_hosts);
        await writing.More(20);
        await Ask("", new { to = Target });
        await Installation.Until(async () => await PhaseNow() is "Copying" or "Verifying" or "Announced" or "Moved", "it has not begun");
        await _target.Kill();
        await writing.More(50);
        if (await PhaseNow() is "Moved" or "Fencing") Assert.Inconclusive("it was faster than the plug");
        await Ask("/abort", new { });
        await Phase("Aborted");
        await writing.More(50);
        await writing.Stop();
        Assert.That(writing.Failed, Is.Empty);
        Assert.That(writing.Made.Keys.Except(await Names(Source)), Is.Empty);
        Assert.That(await _source.Ask<long>("SELECT count(*) FROM pg_replication_slots"), Is.Zero, "a slot that is forgotten fills the disk");
    }

    private SideWatch Watch() => new(Source, Target);

    private async Task Ask(string way, object body)
    {
        using var client = new HttpClient { BaseAddress = _hosts.First(h => h.IsRunning).Url };
        await client.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
        using var answer = await client.PostAsJsonAsync($"/api/operations/data/catalog{way}", body);
        Assert.That((int)answer.StatusCode, Is.EqualTo(202), await answer.Content.ReadAsStringAsync());
    }

    private Task<string> PhaseNow() => _source.Ask<string>("SELECT coalesce((SELECT \"Phase\" FROM dial.data_move), '')");

    private Task Phase(string phase) => Installation.Until(async () => await PhaseNow() == phase, $"it does not come to {phase}", 90);

    /// <summary>The moment the row says that phase, the host that leads is killed.</summary>
    private async Task KillLeader(string phase, Writing writing)
    {
        await using var connection = new NpgsqlConnection(Source);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT (SELECT \"Phase\" FROM dial.data_move), (SELECT application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'streaming move-data %' LIMIT 1)", connection);
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromSeconds(90);)
        {
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();
            if (row.GetString(0) != phase || await row.IsDBNullAsync(1)) continue;
            var leader = _hosts.Single(h => h.IsRunning && row.GetString(1).EndsWith($" {h.Id}", StringComparison.Ordinal));
            writing.Without(leader);
            await leader.Kill();
            return;
        }

        Assert.Fail($"it did not come to {phase}");
    }

    private static async Task<IReadOnlyList<string>> Names(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""SELECT "Name" FROM catalog.title_metadata WHERE "Version" = 1 AND "Name" <> 'warm'""", connection);
        await using var rows = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await rows.ReadAsync()) names.Add(rows.GetString(0));
        return names;
    }

    /// <summary>Writers who each make one title after another, in turns at all hosts that live; what was acknowledged is kept.</summary>
    private sealed class Writing : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly ConcurrentDictionary<string, bool> _gone = new();
        private readonly List<(HostProcess Host, HttpClient Client)> _clients = [];
        private readonly List<Task> _writers = [];

        public ConcurrentDictionary<string, Guid> Made { get; } = new();

        public ConcurrentQueue<string> Failed { get; } = new();

        public static async Task<Writing> Begin(IEnumerable<HostProcess> hosts)
        {
            var writing = new Writing();
            foreach (var host in hosts)
            {
                var client = new HttpClient { BaseAddress = host.Url };
                await client.SignIn(TestHost.OperatorEmail, TestHost.OperatorPassword);
                writing._clients.Add((host, client));
                // What is asked first is compiled, which on a busy machine takes longer than there is time.
                for (var i = 0; i < 5; i++)
                    using (await client.PostAsJsonAsync("/api/catalog/titles", new { kind = "series", name = "warm" }))
                    {
                    }
            }

            for (var writer = 0; writer < Writers; writer++)
            {
                var mine = writer;
                writing._writers.Add(Task.Run(() => writing.Write(mine)));
            }

            return writing;
        }

        public void Without(HostProcess host) => _gone[host.Name] = true;

        public Task More(int titles)
        {
            var enough = Made.Count + titles;
            return Installation.Until(() => Task.FromResult(Made.Count >= enough), "hardly anything is written", 90);
        }

        public async Task Stop()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_writers);
        }

        public async ValueTask DisposeAsync()
        {
            await Stop();
            foreach (var (_, client) in _clients) client.Dispose();
            _end.Dispose();
        }

        private async Task Write(int writer)
        {
            for (var i = 0; !_end.IsCancellationRequested; i++)
            {
                var (host, client) = _clients[(writer + i) % _clients.Count];
                if (!_gone.ContainsKey(host.Name)) await One(host, client, $"writer {writer}, title {i}");
                await Task.Delay(_thought);
            }
        }

        private async Task One(HostProcess host, HttpClient client, string name)
        {
            try
            {
                using var answer = await client.PostAsJsonAsync("/api/catalog/titles", new { kind = "series", name });
                if (answer.IsSuccessStatusCode) Made[name] = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
                else Failed.Enqueue($"{name} at {host.Name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
            catch (HttpRequestException failure)
            {
                if (!_gone.ContainsKey(host.Name)) Failed.Enqueue($"{name} at {host.Name}: {failure.Message}");
            }
        }
    }

    /// <summary>Looks all the time which side would take a write.</summary>
    private sealed class SideWatch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly ConcurrentDictionary<double, bool> _fences = new();
        private readonly Task _watching;

        public SideWatch(string source, string target) => _watching = Task.Run(() => Look(source, target));

        /// <summary>How often both would have.</summary>
        public int Violations { get; private set; }

        /// <summary>In milliseconds.</summary>
        public ICollection<double> Fences => _fences.Keys;

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _watching;
            _end.Dispose();
        }

        private async Task Look(string source, string target)
        {
            await using var here = new NpgsqlConnection(source);
            await using var there = new NpgsqlConnection(target);
            await here.OpenAsync();
            await there.OpenAsync();
            var hasBegun = false;
            for (; !_end.IsCancellationRequested; await Task.Delay(3))
            {
                // While its tables are being made nobody knows of it yet.
                hasBegun = hasBegun || await IsFenced(there);
                // Which side is open changes only through neither; so it has to be seen open before and after the other was.
                if (hasBegun && await IsOpen(there) && await IsOpen(here) && await IsOpen(there)) Violations++;
                await using var command = new NpgsqlCommand("SELECT coalesce((SELECT \"FenceMs\" FROM dial.data_move), 0)", here);
                if ((double)(await command.ExecuteScalarAsync())! is > 0 and var ms) _fences[ms] = true;
            }
        }

        private static Task<bool> IsFenced(NpgsqlConnection side) => Ask(side, "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'streaming_fence')");

        private static Task<bool> IsOpen(NpgsqlConnection side)
 => Ask(
                side,
                """
                SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'catalog' AND c.relname = 'title_metadata')
                AND NOT EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname = 'title_metadata' AND t.tgname = 'streaming_fence')
                """);

        private static async Task<bool> Ask(NpgsqlConnection side, string sql)
        {
            await using var command = new NpgsqlCommand(sql, side);
            return (bool)(await command.ExecuteScalarAsync())!;
        }
    }
}

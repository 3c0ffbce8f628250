using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Streaming.HostTests.Fixtures;

/// <summary>One PostgreSQL server of the tests' own, on a free loopback port; ended by its process.</summary>
internal sealed class PostgresServer(string name, string home) : IAsyncDisposable
{
    private Process? _process;

    public string Name => name;

    public int Port { get; private set; } = FreePort();

    public string Host => $"127.0.0.1:{Port}";

    /// <summary>Past everything that is being tested.</summary>
    public string Connection => ConnectionTo("streaming");

    private string Data => Path.Combine(home, name);

    /// <summary>Where its programs are, or null where there are none.</summary>
    public static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).Where(b => File.Exists(Path.Combine(b, "postgres"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    public async Task Initialise()
    {
        await Run("initdb", "-D", Data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync", "--data-checksums");
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), [
            "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "max_connections = 80", "wal_level = logical", "shared_buffers = 32MB", "wal_keep_size = 256MB",
            "wal_retrieve_retry_interval = 200ms", "lc_messages = 'C'"]);
    }

    /// <summary>Begins with what another server had when it was stopped; as its standby, where one is named.</summary>
    public async Task From(PostgresServer other, PostgresServer? primary)
    {
        using var copy = Process.Start("cp", ["-a", other.Data, Data]);
        await copy.WaitForExitAsync();
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), [
            "synchronous_standby_names = 'ANY 1 (\"pg-1\", \"pg-2\", \"pg-3\")'",
            .. primary is null ? Array.Empty<string>() : [$"primary_conninfo = '{Reached(primary)}'"]]);
        if (primary is not null) await File.WriteAllTextAsync(Path.Combine(Data, "standby.signal"), "");
    }

    public async Task Start()
    {
        for (var attempt = 0; ; attempt++)
        {
            _process = Launch("postgres", ["-D", Data, "-p", $"{Port}"]);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited; await Task.Delay(50))
            {
                if (await Answers()) return;
            }

            await Kill();
            if (attempt == 3) throw new InvalidOperationException($"{name} did not start.");
            // Somebody else took the port meanwhile.
            Port = FreePort();
        }
    }

    public async Task<T> Ask<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task Tell(params IReadOnlyList<string> statements) => TellIn("streaming", statements);

    public async Task TellIn(string database, params IReadOnlyList<string> statements)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(database));
        await connection.OpenAsync();
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Lets it replicate from a server, or from none.</summary>
    public Task Follow(PostgresServer? primary) => Tell(
        $"ALTER SYSTEM SET primary_conninfo = '{(primary is null ? "" : Reached(primary))}'",
        "SELECT pg_reload_conf()");

    /// <summary>Like the plug pulled: the server and all its processes, at once.</summary>
    public async Task Kill()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        await Forget();
    }

    /// <summary>Every one of its processes, so that connections are there and nothing answers.</summary>
    public async Task Signal(string signal)
    {
        var server = _process!.Id;
        List<int> all = [server];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                var stat = await File.ReadAllTextAsync(Path.Combine(folder, "stat"));
                if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == server.ToString(CultureInfo.InvariantCulture)) all.Add(id);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        using var kill = Process.Start("kill", [signal, .. all.Select(id => $"{id}")]);
        await kill.WaitForExitAsync();
    }

    /// <summary>After it was killed: comes back as a standby of the server that has taken its place, as operators are told to do it.</summary>
    public async Task Rejoin(PostgresServer primary)
    {
        // Before PostgreSQL 16 pg_rewind sees the new history only from the first checkpoint on.
        await primary.Tell("CHECKPOINT");
        await Run("pg_rewind", $"--target-pgdata={Data}", $"--source-server={Reached(primary)} dbname=postgres", "-R", "--no-sync");
        await Start();
    }

    /// <summary>With all that it has on its disk.</summary>
    public async Task Stop()
    {
        await Run("pg_ctl", "stop", "-D", Data, "-m", "fast", "-w");
        await _process!.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync() => await Kill();

    private string ConnectionTo(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Pooling=false;Timeout=5";

    private string Reached(PostgresServer primary) => $"host=127.0.0.1 port={primary.Port} user=postgres application_name={name}";

    /// <summary>A server that was killed leaves a few bytes of shared memory behind; its note says which.</summary>
    private async Task Forget()
    {
        var note = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(note) || (await File.ReadAllLinesAsync(note)) is not [_, _, _, _, _, _, var memory, ..]) return;
        using var ipcrm = Process.Start(new ProcessStartInfo("ipcrm", ["-m", memory.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]]) { RedirectStandardError = true })!;
        await ipcrm.WaitForExitAsync();
    }

    private async Task<bool> Answers()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionTo("postgres"));
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Launch(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {await output}{await errors}");
    }

    // PostgreSQL does not run as root; setpriv becomes the server, so that its process id is the server's.
    private static Process Launch(string program, IReadOnlyList<string> arguments)
    {
        string[] all = [Path.Combine(Programs!, program), .. arguments];
        if (Environment.IsPrivilegedProcess) all = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", .. all];
        return Process.Start(new ProcessStartInfo(all[0], all[1..]) { WorkingDirectory = "/tmp", RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

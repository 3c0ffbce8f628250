using Microsoft.Extensions.Configuration;
using Streaming.Platform.Consistency;

namespace Streaming.Platform.Data;

/// <summary>Where this installation keeps its rows and files: configuration section <c>data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Folder of everything kept on local disk. Default <c>data</c> below the working folder.</summary>
    public string Folder { get; init; } = "data";

    /// <summary>
    /// Connection string of a PostgreSQL database, of several servers to whichever is the primary; absent for SQLite, a file a module in
    /// <see cref="Folder"/>.
    /// </summary>
    public string? Postgres { get; init; }

    /// <summary>The same for jobs, which lose nothing with their storage: no standby is waited for.</summary>
    public string? JobStorage => Cluster?.PrimaryAtOne ?? Postgres;

    /// <summary>Whether the database is on several PostgreSQL servers.</summary>
    public bool HasSeveralServers => Cluster is not null;

    internal ClusterOptions? Cluster { get; private init; }

    /// <summary>Reads the section <c>data</c>.</summary>
    /// <exception cref="InvalidOperationException">The servers are not right; the message names the key.</exception>
    public static DataOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection("data").Get<DataOptions>() ?? new DataOptions();
        var postgres = string.IsNullOrWhiteSpace(options.Postgres) ? null : options.Postgres;
        var cluster = ClusterOptions.Read(configuration, postgres);
        return new DataOptions { Folder = Path.GetFullPath(options.Folder), Postgres = cluster?.Primary ?? postgres, Cluster = cluster };
    }

    /// <summary>A path inside the data folder.</summary>
    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);
}

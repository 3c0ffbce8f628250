using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Streaming.Platform.Consistency;

/// <summary>
/// Several PostgreSQL servers that hold the same: <c>data:servers</c>, or the hosts of <c>data:postgres</c>. Any one of them may be the
/// primary; which one is now, the servers say themselves.
/// </summary>
internal sealed class ClusterOptions
{
    private const string Section = "data";

    /// <summary>No call waits for a copy for longer than half of its own time, and none has ten seconds.</summary>
    private const int LeftBehindMs = 5000;

    private readonly string _shared;
    private readonly int _port;

    private ClusterOptions(string shared, IReadOnlyList<ServerOptions> servers)
    {
        (_shared, _port, Servers) = (shared, new NpgsqlConnectionStringBuilder(shared).Port, servers);
        (Primary, PrimaryAtOne) = (ToPrimary("on"), ToPrimary("local"));
    }

    public IReadOnlyList<ServerOptions> Servers { get; }

    /// <summary>The zone of this process; null where all servers are equally near.</summary>
    public string? Zone { get; private init; }

    /// <summary>How long a read waits for a near copy to have what its session wrote.</summary>
    public TimeSpan Wait { get; private init; }

    /// <summary>A copy further behind is not read at all.</summary>
    public TimeSpan MaxLag { get; private init; }

    /// <summary>To whichever server is the primary; a commit waits for the standbys that the server is told to wait for, whatever its default.</summary>
    public string Primary { get; }

    /// <summary>The same, but a commit waits for the primary's own disk alone.</summary>
    public string PrimaryAtOne { get; }

    /// <summary>Null where there is one server.</summary>
    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public static ClusterOptions? Read(IConfiguration configuration, string? postgres)
    {
        var section = configuration.GetSection(Section);
        var servers = section.GetSection("servers").GetChildren().Select(Server).ToList();
        if (postgres is null)
            return servers.Count == 0 ? null : throw new InvalidOperationException($"{Section}:servers needs {Section}:postgres beside it: the database, user and password that all servers share.");
        var shared = new NpgsqlConnectionStringBuilder(postgres);
        if (servers.Count == 0)
        {
            if (shared.Host?.Contains(',', StringComparison.Ordinal) != true) return null;
            servers = [.. shared.Host.Split(',', StringSplitOptions.TrimEntries).Select((host, i) => new ServerOptions { Name = $"pg-{i + 1}", Host = host })];
        }

        if (servers.Count == 1) throw new InvalidOperationException($"{Section}:servers names one server. Leave it out: {Section}:postgres is enough for one.");
        if (servers.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidOperationException($"{Section}:servers names {twice.Key} twice.");
        if (servers.GroupBy(s => s.Endpoint(shared.Port)).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new InvalidOperationException($"{Section}:servers has {string.Join(" and ", same.Select(s => s.Name))} at the same address.");
        var zone = section["zone"] is { Length: > 0 } named ? named : null;
        if (zone is not null && servers.All(s => s.Zone != zone))
            throw new InvalidOperationException($"{Section}:zone is '{zone}', which no server of {Section}:servers is in.");
        return new ClusterOptions(postgres, servers)
        {
            Zone = zone,
            Wait = TimeSpan.FromMilliseconds(Whole(section.GetSection("replicaWaitMs"), 100, 0, 2000)),
            MaxLag = TimeSpan.FromSeconds(Whole(section.GetSection("replicaLagSeconds"), 30, 1, 3600)),
        };
    }

    /// <summary>To one server, whatever it is now. It is nobody's to be cancelled: whoever cannot wait leaves it behind.</summary>
    public string ToServer(ServerOptions server, bool isPooled = true)
    {
        var (host, port) = EndpointOf(server);
        var shared = new NpgsqlConnectionStringBuilder(_shared);
        return new NpgsqlConnectionStringBuilder(_shared)
        {
            // What was left behind ends by itself, or copies that are slow would be asked more and more at once.
            Options = $"{shared.Options} -c statement_timeout={LeftBehindMs}".TrimStart(),
            Host = host,
            Port = port,
            TargetSessionAttributes = null,
            Timeout = 2,
            CommandTimeout = 0,
            Pooling = isPooled,
        }.ConnectionString;
    }

    public (string Host, int Port) EndpointOf(ServerOptions server) => server.Endpoint(_port);

    /// <summary>To one server, as the primary.</summary>
    public string ToPrimary(ServerOptions server)
    {
        var (host, port) = EndpointOf(server);
        return new NpgsqlConnectionStringBuilder(Primary) { Host = host, Port = port, TargetSessionAttributes = null }.ConnectionString;
    }

    private string ToPrimary(string commit)
    {
        var builder = new NpgsqlConnectionStringBuilder(_shared)
        {
            Host = string.Join(',', Servers.Select(s => s.Host)),
            TargetSessionAttributes = "primary",
        };
        builder.Options = $"{builder.Options} -c synchronous_commit={commit}".TrimStart();
        // A server that is down is tried again after this, and a new primary is found as fast.
        if (!Says("hostrecheckseconds")) builder.HostRecheckSeconds = 1;
        if (!Says("timeout")) builder.Timeout = 3;
        return builder.ConnectionString;
    }

    private bool Says(string keyword) => new DbConnectionStringBuilder { ConnectionString = _shared }.Keys.Cast<string>()
        .Any(key => key.Replace(" ", "", StringComparison.Ordinal).Equals(keyword, StringComparison.OrdinalIgnoreCase));

    private static ServerOptions Server(IConfigurationSection section)
    {
        ServerOptions server;
        try
        {
            server = section.Get<ServerOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (InvalidOperationException wrong)
        {
            throw new InvalidOperationException($"{section.Path}: {(wrong.InnerException ?? wrong).Message}", wrong);
        }

        var mistakes = new List<ValidationResult>();
        if (Validator.TryValidateObject(server, new ValidationContext(server), mistakes, validateAllProperties: true)) return server;
        throw new InvalidOperationException(string.Join(
            ' ', mistakes.Select(m => $"{section.Path}:{JsonNamingPolicy.CamelCase.ConvertName(m.MemberNames.FirstOrDefault() ?? "")}: {m.ErrorMessage}")));
    }

    private static int Whole(IConfigurationSection section, int usual, int least, int most)
    {
        if (section.Value is null) return usual;
        return int.TryParse(section.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new InvalidOperationException($"{section.Path} is '{section.Value}'; it takes a whole number from {least} to {most}.");
    }
}

/// <summary>One of <c>data:servers</c>.</summary>
internal sealed class ServerOptions
{
    /// <summary>As the answer's headers name it.</summary>
    [Required, RegularExpression("[a-z0-9][a-z0-9-]{0,39}", ErrorMessage = "A name is 1 to 40 lower-case letters, digits and hyphens.")]
    public string Name { get; init; } = "";

    /// <summary>Its address, with a port where that is not the connection string's: <c>10.0.0.2:5432</c>.</summary>
    [Required, RegularExpression("[^,;=]+", ErrorMessage = "A host is one address, with a port where needed: 10.0.0.2:5432.")]
    public string Host { get; init; } = "";

    /// <summary>Absent where all servers are equally near.</summary>
    [RegularExpression("[a-z0-9-]{1,40}", ErrorMessage = "A zone is 1 to 40 lower-case letters, digits and hyphens.")]
    public string? Zone { get; init; }

    public (string Host, int Port) Endpoint(int usual)
    {
        var at = Host.LastIndexOf(':');
        // An IPv6 address has colons of its own; with a port it stands in brackets.
        var hasPort = at > 0 && (Host.IndexOf(':', StringComparison.Ordinal) == at || Host[at - 1] == ']');
        return hasPort && int.TryParse(Host.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (Host[..at].Trim('[', ']'), port)
            : (Host.Trim('[', ']'), usual);
    }
}

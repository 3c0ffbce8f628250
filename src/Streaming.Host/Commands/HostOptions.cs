using System.CommandLine;

namespace Streaming.Host.Commands;

/// <summary>Options of the verbs that open an installation, and the configuration keys they stand for.</summary>
internal sealed class HostOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "Folder of everything kept on local disk (data:folder). Default: data", HelpName = "folder" };

    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "Connection string of a PostgreSQL database (data:postgres). Default: SQLite, a file a module",
        HelpName = "connection",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any configuration key, as often as needed: --set jobs:workers=4",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = false,
    };

    public HostOptions() => _set.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
            if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1) result.AddError($"--set {token.Value}: write it as key=value.");
    });

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_postgres);
        command.Options.Add(_set);
    }

    public Dictionary<string, string?> Settings(ParseResult parsed)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (parsed.GetValue(_data) is { } folder) settings["data:folder"] = folder;
        if (parsed.GetValue(_postgres) is { } connection) settings["data:postgres"] = connection;
        foreach (var pair in parsed.GetValue(_set) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            settings[pair[..at]] = pair[(at + 1)..];
        }

        return settings;
    }
}

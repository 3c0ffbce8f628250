using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Data;

/// <summary>Where this installation keeps its rows and files: configuration section <c>data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Folder of everything kept on local disk. Default <c>data</c> below the working folder.</summary>
    public string Folder { get; init; } = "data";

    /// <summary>Connection string of a PostgreSQL database; absent for SQLite, a file a module in <see cref="Folder"/>.</summary>
    public string? Postgres { get; init; }

    /// <summary>Reads the section <c>data</c>.</summary>
    public static DataOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection("data").Get<DataOptions>() ?? new DataOptions();
        return new DataOptions
        {
            Folder = Path.GetFullPath(options.Folder),
            Postgres = string.IsNullOrWhiteSpace(options.Postgres) ? null : options.Postgres,
        };
    }

    /// <summary>A path inside the data folder.</summary>
    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);
}

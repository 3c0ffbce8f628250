using System.Collections.Frozen;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace Streaming.Host.Composition;

/// <summary>
/// Configuration, weakest first: built-in defaults, appsettings.json beside the binary, streaming.json in the data folder,
/// environment variables <c>STREAMING__…</c>, arguments.
/// </summary>
internal static class StreamingConfiguration
{
    private const string EnvironmentPrefix = "STREAMING__";

    private static readonly FrozenDictionary<string, string?> _defaults = new Dictionary<string, string?>
    {
        ["urls"] = "http://127.0.0.1:8080",
        ["data:folder"] = "data",
        ["telemetry:metrics"] = "http://127.0.0.1:9464",
        ["jobs:workers"] = "2",
        ["logging:loglevel:default"] = "Information",
        ["logging:loglevel:microsoft"] = "Warning",
        // Keys lie in the data folder, which is private; that they are not encrypted there too is said at every first start.
        ["logging:loglevel:microsoft.aspnetcore.dataprotection"] = "Error",
        // What fails in earnest is thrown and told where it matters; looking whether a table is there fails as a matter of course.
        ["logging:loglevel:microsoft.entityframeworkcore.database.command"] = "None",
        ["logging:loglevel:hangfire"] = "Warning",
        // What cannot be forwarded is served here or told to the client; instances that fail are told of once, when they are put out.
        ["logging:loglevel:yarp"] = "None",
        ["logging:loglevel:system"] = "Warning",
    }.ToFrozenDictionary();

    /// <param name="arguments">Settings from the command line.</param>
    /// <param name="instead">To be read in place of streaming.json; absent for the file.</param>
    public static IConfigurationRoot Build(IReadOnlyDictionary<string, string?> arguments, IReadOnlyDictionary<string, string?>? instead = null)
    {
        var early = new ConfigurationBuilder().AddInMemoryCollection(_defaults).AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(arguments).Build();
        var builder = new ConfigurationBuilder()
            .AddInMemoryCollection(_defaults)
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if (instead is not null) builder.AddInMemoryCollection(instead);
        else
            builder.Add<StreamingFileSource>(file =>
            {
                (file.Path, file.Optional) = (Path.Combine(Path.GetFullPath(early["data:folder"]!), StreamingFileSource.Name), true);
                file.ResolveFileProvider();
            });
        return builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(arguments).Build();
    }

    public static string NameOf(IConfigurationProvider provider) => provider switch
    {
        JsonConfigurationProvider json => Path.GetFileName(json.Source.Path) ?? "file",
        EnvironmentVariablesConfigurationProvider => "environment",
        MemoryConfigurationProvider memory when memory.Any(pair => pair.Key == "logging:loglevel:default") => "default",
        _ => "argument",
    };
}

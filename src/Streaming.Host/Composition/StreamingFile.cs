using Microsoft.Extensions.Configuration.Json;

namespace Streaming.Host.Composition;

/// <summary><c>streaming.json</c> as a source of the configuration. What it holds is replaced by <see cref="LiveConfiguration"/> and by nobody else.</summary>
internal sealed class StreamingFile(JsonConfigurationSource source) : JsonConfigurationProvider(source)
{
    public IReadOnlyDictionary<string, string?> Values => Data.AsReadOnly();

    public void Replace(IDictionary<string, string?> values)
    {
        Data = values;
        OnReload();
    }
}

internal sealed class StreamingFileSource : JsonConfigurationSource
{
    public const string Name = "streaming.json";

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new StreamingFile(this);
    }
}

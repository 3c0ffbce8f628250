using Microsoft.Extensions.Configuration.Json;

namespace Streaming.Host.Composition;

/// <summary><c>streaming.json</c> as a source of the configuration. What it holds is replaced by <see cref="LiveConfiguration"/> and by nobody else.</summary>
internal sealed class StreamingFile(JsonConfigurationSource source) : JsonConfigurationProvider(source)
{
    /// <summary>What the file says, or what was put in its place; not what the host has set over it.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; private set; } = new Dictionary<string, string?>();

    public override void Load()
    {
        base.Load();
        Values = new Dictionary<string, string?>(Data, StringComparer.OrdinalIgnoreCase);
    }

    public void Replace(IDictionary<string, string?> values)
    {
        Data = values;
        Values = new Dictionary<string, string?>(values, StringComparer.OrdinalIgnoreCase);
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

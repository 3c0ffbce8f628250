using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Caching;

/// <summary>The section <c>cache</c>. Without zones everything is kept in this process's memory.</summary>
internal sealed class CacheOptions
{
    private const string Section = "cache";

    /// <summary>The zone that this process is in; it is read first.</summary>
    public string? Zone { get; init; }

    /// <summary>Every zone, the same list in every process.</summary>
    public IReadOnlyList<ZoneOptions> Zones { get; init; } = [];

    /// <summary>In front of every key and channel, so that several installations may share a server.</summary>
    [Required]
    public string Prefix { get; init; } = "streaming:";

    public LocalOptions Local { get; init; } = new();

    public SourceOptions Source { get; init; } = new();

    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public static CacheOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<CacheOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        Check(options, Section);
        Check(options.Local, $"{Section}:local");
        Check(options.Source, $"{Section}:source");
        for (var i = 0; i < options.Zones.Count; i++)
        {
            Check(options.Zones[i], $"{Section}:zones:{i}");
            RedisConnection.Checked(options.Zones[i].Connection, $"{Section}:zones:{i}:connection");
        }

        if (options.Zones.GroupBy(z => z.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"{Section}:zones names {twice.Key} twice.");
        if (options.Zones.Count > 0 && options.Zones.All(z => z.Name != options.Zone))
            throw new InvalidOperationException($"{Section}:zone is '{options.Zone}', which is none of {Section}:zones: {string.Join(", ", options.Zones.Select(z => z.Name))}.");
        return options;
    }

    private static void Check(object part, string path)
    {
        var mistakes = new List<ValidationResult>();
        if (!Validator.TryValidateObject(part, new ValidationContext(part), mistakes, validateAllProperties: true))
            throw new InvalidOperationException($"{path}: {string.Join(' ', mistakes.Select(m => m.ErrorMessage))}");
    }
}

internal sealed class ZoneOptions
{
    [Required, RegularExpression("[a-z0-9-]{1,40}")]
    public string Name { get; init; } = "";

    /// <summary>As StackExchange.Redis writes it: <c>host:port,password=…,ssl=true</c>.</summary>
    [Required]
    public string Connection { get; init; } = "";
}

internal sealed class LocalOptions
{
    [Range(1024 * 1024, 1L << 40)]
    public long MaxBytes { get; init; } = 128 * 1024 * 1024;

    [Range(16, 100_000_000)]
    public int MaxEntries { get; init; } = 100_000;

    /// <summary>How long a hot key is answered from memory before its zone is asked again; beside zones only.</summary>
    [Range(1, 5)]
    public double Seconds { get; init; } = 2;

    /// <summary>Reads within about 5 s from which a key is hot; beside zones only.</summary>
    [Range(1, 1_000_000)]
    public int HotReads { get; init; } = 8;
}

internal sealed class SourceOptions
{
    /// <summary>Factories that run at once; further ones wait.</summary>
    [Range(1, 100_000)]
    public int Concurrency { get; init; } = 64;

    [Range(100, 600_000)]
    public int TimeoutMs { get; init; } = 10_000;

    internal TimeSpan Timeout => TimeSpan.FromMilliseconds(TimeoutMs);
}

using Streaming.Platform.Data;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Composition;

/// <summary>Looks once a second whether <c>streaming.json</c> has changed: asking a file when it was written works on every file system.</summary>
internal sealed partial class ConfigurationWatch(LiveConfiguration live, ConfigurationVersions versions, TimeProvider clock, ILogger<ConfigurationWatch> log) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    private bool _isUnreadable;
    private volatile string? _fault;

    /// <summary>Why the file as it stands is not in force; null while it is.</summary>
    public string? Fault => _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host has started with it, so it is right.
        var (seen, stamp) = (Read() ?? "", Stamp());
        if (seen.Length > 0) Keep(seen);
        using var timer = new PeriodicTimer(_beat, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Stamp() is var now && now == stamp) continue;
            // What cannot be read is asked for again: that is no change, and least of all one to an empty file.
            if (Read() is not { } text) continue;
            stamp = now;
            if (text == seen) continue;
            seen = text;
            Apply(text);
        }
    }

    private void Apply(string text)
    {
        try
        {
            var waiting = live.Apply(text);
            _fault = null;
            Keep(text);
            Applied(log);
            if (waiting.Count > 0) Waits(log, string.Join(", ", waiting));
        }
        catch (InvalidOperationException wrong)
        {
            _fault = $"streaming.json has changed and is not right; the host stays as it is: {wrong.Message}";
            Refused(log, wrong.Message);
        }
    }

    private void Keep(string text)
    {
        try
        {
            versions.Keep(text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            NotKept(log, failure.Message);
        }
    }

    private (DateTime, long)? Stamp() => new FileInfo(versions.File) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    /// <summary>Empty where there is none; null where it cannot be read, which is told once.</summary>
    private string? Read()
    {
        try
        {
            var text = versions.Current() ?? "";
            if (_isUnreadable) (_isUnreadable, _fault) = (false, null);
            return text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_isUnreadable) NotRead(log, failure.Message);
            (_isUnreadable, _fault) = (true, $"streaming.json cannot be read, so what is in force stays: {failure.Message}");
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "streaming.json has changed and is in force")]
    private static partial void Applied(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "streaming.json has also changed in {Sections}, which takes effect at the next start")]
    private static partial void Waits(ILogger logger, string sections);

    [LoggerMessage(3, LogLevel.Error, "streaming.json has changed and is not right; the host stays as it is: {Reason}")]
    private static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Warning, "The version of streaming.json in force could not be kept: {Reason}")]
    private static partial void NotKept(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "streaming.json cannot be read, so what is in force stays: {Reason}")]
    private static partial void NotRead(ILogger logger, string reason);
}

internal static class LiveConfigurationRegistration
{
    public static void AddLiveConfiguration(
        this IServiceCollection services, IConfigurationRoot configuration, IReadOnlyDictionary<string, string?> arguments, DataOptions data) => services
        .AddSingleton(provider => new LiveConfiguration(configuration, arguments, provider.GetRequiredService<ResiliencePolicies>()))
        .AddSingleton(new ConfigurationVersions(data))
        .AddSingleton<ConfigurationWatch>().AddHostedService(provider => provider.GetRequiredService<ConfigurationWatch>());
}

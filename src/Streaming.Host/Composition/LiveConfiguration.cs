using System.Text;
using System.Text.Json;
using Streaming.Host.Gateway;
using Streaming.Platform.Resilience;

namespace Streaming.Host.Composition;

/// <summary>
/// Takes a changed <c>streaming.json</c> over into the running host: only what may change while it runs, only as a whole, and only after
/// everything in it has been found right. Else the host stays as it is.
/// </summary>
internal sealed class LiveConfiguration(IConfigurationRoot configuration, IReadOnlyDictionary<string, string?> arguments, ResiliencePolicies policies)
{
    private static readonly string[] _live = ["gateway", "resilience", "logging"];

    private readonly StreamingFile _file = configuration.Providers.OfType<StreamingFile>().Single();

    /// <summary>Takes it over; answers with the sections that have changed too but wait for the next start.</summary>
    /// <exception cref="InvalidOperationException">It is not right; the message says where, and nothing has changed.</exception>
    public IReadOnlyList<string> Apply(string text)
    {
        var now = Parse(text);
        var values = _file.Values.Where(v => !IsLive(v.Key)).Concat(now.Where(v => IsLive(v.Key)))
            .ToDictionary(v => v.Key, v => v.Value, StringComparer.OrdinalIgnoreCase);
        // What waits for the next start must not keep the host from it.
        ConfigurationKeys.Check(StreamingConfiguration.Build(arguments, now));
        CheckLive(StreamingConfiguration.Build(arguments, values), policies);

        string[] waiting =
        [
            .. _file.Values.Keys.Concat(now.Keys).Where(key => !IsLive(key) && _file.Values.GetValueOrDefault(key) != now.GetValueOrDefault(key))
                .Select(Section).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal),
        ];
        _file.Replace(values);
        return waiting;
    }

    /// <summary>The sections that may change while a host runs.</summary>
    /// <exception cref="InvalidOperationException">One is not right; the message says where.</exception>
    public static void CheckLive(IConfigurationRoot candidate, ResiliencePolicies policies)
    {
        GatewayReading.Read(candidate);
        policies.Check(candidate);
        foreach (var (key, value) in candidate.GetSection("logging").AsEnumerable())
            if (key.Contains("loglevel:", StringComparison.OrdinalIgnoreCase) && value is not null && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
                throw new InvalidOperationException($"{key} is '{value}'; it takes {string.Join(", ", Enum.GetNames<LogLevel>())}.");
    }

    private static Dictionary<string, string?> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        try
        {
            return new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text))).Build().AsEnumerable()
                .Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidDataException)
        {
            throw new InvalidOperationException($"{StreamingFileSource.Name} is not JSON: {wrong.Message}", wrong);
        }
    }

    private static bool IsLive(string key) => _live.Contains(Section(key), StringComparer.OrdinalIgnoreCase);

    private static string Section(string key) => key.Split(':')[0];
}

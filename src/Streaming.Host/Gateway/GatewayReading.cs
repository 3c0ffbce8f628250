using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Streaming.Host.Gateway.Forwarding;
using Streaming.Host.Gateway.Limits;
using Streaming.Platform.Caching;

namespace Streaming.Host.Gateway;

/// <summary>Reads the section <c>gateway</c>, strictly: a wrong value or an unknown key is refused with a message that names the key.</summary>
internal static class GatewayReading
{
    private const string Section = "gateway";

    /// <exception cref="InvalidOperationException">Something is not right; the message names its key.</exception>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        var options = new GatewayOptions();
        foreach (var section in configuration.GetSection(Section).GetChildren())
            options = section.Key.ToLowerInvariant() switch
            {
                "trustedproxies" => options with { TrustedProxies = TrustedPeers.Parse(section.Path, Values(section)) },
                "deadlinems" => options with { DeadlineMs = Whole(section, 100, 600_000) },
                "limits" => options with { Limits = Limits(section) },
                "shedding" => options with { Shedding = Bound(section, options.Shedding with { }) },
                "media" => options with { Media = Bound(section, options.Media with { }) },
                "cors" => options with { Cors = Origins(section, Bound(section, new CrossOriginOptions())) },
                "server" => options with { Server = Bound(section, options.Server with { }) },
                "region" => options with { Region = ForwardingReading.Name(section.Path, section.Value) },
                "forwarding" => options,
                _ => throw new InvalidOperationException(
                    $"{section.Path} is not known. There are trustedProxies, deadlineMs, limits, shedding, media, cors, server, region and forwarding."),
            };
        // Last, for an instance is in this host's region unless it says otherwise.
        options = options with { Forwarding = ForwardingReading.Read(configuration.GetSection($"{Section}:forwarding"), options.Region) };
        if (options.Shedding.Minimum > options.Shedding.Maximum)
            throw new InvalidOperationException($"{Section}:shedding:minimum is {options.Shedding.Minimum}, more than maximum, which is {options.Shedding.Maximum}.");
        return options;
    }

    private static RateLimitOptions Limits(IConfigurationSection section)
    {
        var (options, limits) = (new RateLimitOptions(), RateLimit.BuiltIn.ToDictionary(l => l.Name, StringComparer.OrdinalIgnoreCase));
        foreach (var child in section.GetChildren())
            switch (child.Key.ToLowerInvariant())
            {
                case "redis":
                    options = options with { Redis = string.IsNullOrWhiteSpace(child.Value) ? null : RedisConnection.Checked(child.Value, child.Path) };
                    break;
                case "partitions":
                    options = options with { Partitions = Whole(child, 1000, 10_000_000) };
                    break;
                default:
                    var known = limits.GetValueOrDefault(child.Key)
                        ?? throw new InvalidOperationException($"{child.Path} is not known. There are {string.Join(", ", limits.Keys)}, redis and partitions.");
                    limits[child.Key] = Bound(child, known with { }) with { Name = known.Name };
                    break;
            }

        return options with { All = [.. limits.Values.OrderBy(l => l.Name, StringComparer.Ordinal)] };
    }

    public static T Bound<T>(IConfigurationSection section, T options) where T : notnull
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException wrong)
        {
            throw new InvalidOperationException($"{section.Path}: {(wrong.InnerException ?? wrong).Message}", wrong);
        }

        var mistakes = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true)) return options;
        throw new InvalidOperationException(string.Join(
            ' ', mistakes.Select(m => $"{section.Path}:{JsonNamingPolicy.CamelCase.ConvertName(m.MemberNames.FirstOrDefault() ?? "")}: {m.ErrorMessage}")));
    }

    private static CrossOriginOptions Origins(IConfigurationSection section, CrossOriginOptions options)
    {
        foreach (var origin in options.Origins)
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.GetLeftPart(UriPartial.Authority) != origin)
                throw new InvalidOperationException($"{section.Path}:origins: '{origin}' is no origin; write it as https://studio.example.org, without a path.");
        return options;
    }

    private static int Whole(IConfigurationSection section, int least, int most) =>
        int.TryParse(section.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new InvalidOperationException($"{section.Path} is '{section.Value}'; it takes a whole number from {least} to {most}.");

    /// <summary>A list, or in one value separated by commas, as an environment variable has it.</summary>
    private static IEnumerable<string> Values(IConfigurationSection section) =>
        (section.Value is { } one ? one.Split(',') : section.GetChildren().Select(c => c.Value ?? "")).Select(v => v.Trim()).Where(v => v.Length > 0);
}

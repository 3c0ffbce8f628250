using System.Globalization;
using Streaming.Host.Composition;
using Streaming.Platform.Dial;
using Streaming.Platform.Dial.Instances;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>Reads the section <c>gateway:forwarding</c> as strictly as the rest of the gateway's.</summary>
internal static class ForwardingReading
{
    private const string ProbeTimeout = "probeTimeoutMs";
    private const int LongestName = 40;

    /// <exception cref="InvalidOperationException">Something is not right; the message names its key.</exception>
    public static ForwardingOptions Read(IConfigurationSection forwarding, string region)
    {
        var options = new ForwardingOptions();
        if (!forwarding.Exists()) return options;
        var modules = new List<ModuleForwarding>();
        var names = StreamingModules.All.Select(m => m.Name).ToArray();
        foreach (var section in forwarding.GetChildren())
            if (section.Key.Equals(ProbeTimeout, StringComparison.OrdinalIgnoreCase))
                options = options with { ProbeTimeout = TimeSpan.FromMilliseconds(Milliseconds(section)) };
            else if (names.FirstOrDefault(n => n.Equals(section.Key, StringComparison.OrdinalIgnoreCase)) is { } module)
                modules.Add(Module(section, module, region));
            else
                throw new InvalidOperationException($"{section.Path} is not known. There are {ProbeTimeout} and the modules {string.Join(", ", names)}.");

        foreach (var same in modules.SelectMany(m => m.Instances).Distinct().GroupBy(i => i.Name))
            if (same.Count() > 1)
                throw new InvalidOperationException($"{forwarding.Path}: the instance '{same.Key}' has two addresses or regions; one name is one process.");
        return options with { Modules = modules };
    }

    /// <summary>A name of ours: in metrics, headers and logs as it is.</summary>
    /// <exception cref="InvalidOperationException">It is none; the message names the key.</exception>
    public static string Name(string key, string? value) =>
        value is { Length: > 0 and <= LongestName } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? value
            : throw new InvalidOperationException($"{key} is '{value}'; it takes up to {LongestName} lower-case letters, digits and hyphens.");

    private static ModuleForwarding Module(IConfigurationSection at, string module, string region)
    {
        var section = GatewayReading.Bound(at, new ModuleSection());
        if (decimal.Round(section.Percent, 2) != section.Percent)
            throw new InvalidOperationException($"{at.Path}:percent is {section.Percent.ToString(CultureInfo.InvariantCulture)}; it takes two decimals.");
        if (section.HedgeFloorMs > section.HedgeCeilingMs)
            throw new InvalidOperationException($"{at.Path}:hedgeFloorMs is {section.HedgeFloorMs}, more than hedgeCeilingMs, which is {section.HedgeCeilingMs}.");
        if (section.Percent > 0 && section.Instances.Length == 0)
            throw new InvalidOperationException($"{at.Path}:instances is empty, and percent is above 0: name where it is to be served.");

        var instances = section.Instances.Select((i, n) => Instance($"{at.Path}:instances:{n}", i, region)).ToArray();
        if (instances.GroupBy(i => i.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"{at.Path}:instances: '{twice.Key}' is there twice.");
        return new ModuleForwarding(module, new StickyShare(string.IsNullOrEmpty(section.Salt) ? module : section.Salt, section.Percent), instances, section);
    }

    private static InstanceAddress Instance(string key, InstanceSection section, string region) =>
        Uri.TryCreate(section.Address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0
            ? new InstanceAddress(Name($"{key}:name", section.Name), new Uri(url.GetLeftPart(UriPartial.Authority)), section.Region is null ? region : Name($"{key}:region", section.Region))
            : throw new InvalidOperationException($"{key}:address is '{section.Address}'; it takes an address such as http://10.0.0.7:8080, without a path.");

    private static int Milliseconds(IConfigurationSection section) =>
        int.TryParse(section.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 20 and <= 5000
            ? value
            : throw new InvalidOperationException($"{section.Path} is '{section.Value}'; it takes a whole number from 20 to 5000.");
}

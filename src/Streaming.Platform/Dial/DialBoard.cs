using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Dial;

/// <summary>
/// Where each module's calls run in this process at this moment: what the configuration says (<c>dial:{module}</c>, <c>dial:default</c>),
/// until somebody has decided otherwise while it runs.
/// </summary>
public sealed class DialBoard
{
    private readonly Lock _gate = new();
    private readonly FrozenDictionary<string, DialMode> _configured;
    private readonly DialMode _default;
    private readonly ConcurrentDictionary<string, ModuleDial> _defaults = new(StringComparer.OrdinalIgnoreCase);
    private FrozenDictionary<string, ModuleDial> _dials = FrozenDictionary<string, ModuleDial>.Empty;

    /// <summary>Reads the section <c>dial</c>.</summary>
    /// <exception cref="InvalidOperationException">A value is not a mode; the message names the key.</exception>
    public DialBoard(IConfiguration configuration)
    {
        var modes = configuration.GetSection("dial").GetChildren().ToDictionary(s => s.Key, s => Configured(s.Path, s.Value), StringComparer.OrdinalIgnoreCase);
        _default = modes.Remove("default", out var mode) ? mode : DialMode.InProcess;
        _configured = modes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Raised after a dial has been turned. Never under a lock.</summary>
    public event Action? Turned;

    /// <summary>The latest decision that this process follows; 0 where none has been made.</summary>
    public long Epoch { get; private set; }

    /// <summary>The dial of a module.</summary>
    public ModuleDial Of(string module) => Volatile.Read(ref _dials).TryGetValue(module, out var dial) ? dial : Default(module);

    /// <summary>Follows decisions; those of other modules stay as they are, and one that is older than what is followed already is passed over.</summary>
    public void Follow(IEnumerable<ModuleDial> decided) => Turn(now =>
    {
        foreach (var dial in decided)
            if (!now.TryGetValue(dial.Module, out var known) || known.Epoch < dial.Epoch) now[dial.Module] = dial;
    });

    /// <summary>Runs the module here from now on, until there is a later decision than this one.</summary>
    internal void Hold(ModuleDial dial) => Turn(now =>
    {
        if (Of(dial.Module).Epoch == dial.Epoch) now[dial.Module] = new ModuleDial(dial.Module, DialMode.InProcess, 0, dial.Epoch);
    });

    private void Turn(Action<Dictionary<string, ModuleDial>> turn)
    {
        lock (_gate)
        {
            var before = _dials;
            var now = before.ToDictionary(StringComparer.OrdinalIgnoreCase);
            turn(now);
            if (now.Count == before.Count && now.All(d => before.TryGetValue(d.Key, out var known) && ReferenceEquals(known, d.Value))) return;
            Volatile.Write(ref _dials, now.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
            Epoch = now.Values.Max(d => d.Epoch);
        }

        Turned?.Invoke();
    }

    // Made once: a call must not pay for a share that nobody is in.
    private ModuleDial Default(string module) => _defaults.GetOrAdd(module, static (name, board) => new ModuleDial(name, board._configured.GetValueOrDefault(name, board._default)), this);

    // Instances come and go while a host runs, so what needs one is decided there and not in a file.
    private static DialMode Configured(string key, string? value) => DialWords.Parse(value) is { } mode and (DialMode.InProcess or DialMode.RoundTrip)
        ? mode
        : throw new InvalidOperationException($"{key} is '{value}'; it takes in-process or round-trip. The other modes are set while the host runs: streaming dial.");
}

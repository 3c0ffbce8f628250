using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Streaming.Platform.Resilience;

/// <summary>
/// The policies by name: the built-in ones, with what the section <c>resilience:policies</c> says on top. A change of the
/// configuration takes effect at once; one that is not right is logged, and the last good one stays.
/// </summary>
public sealed partial class ResiliencePolicies : IDisposable
{
    /// <summary>For whatever has no policy of its own.</summary>
    public const string Default = "default";

    /// <summary>For calls to contracts that have no policy by their own name or by their module's; their deadlines are their own.</summary>
    public const string Contract = "contract";

    /// <summary>A module's reads of its database.</summary>
    public const string DatabaseRead = "db.read";

    /// <summary>A module's writes to its database.</summary>
    public const string DatabaseWrite = "db.write";

    /// <summary>Reads of one copy of the database; the primary can be asked instead.</summary>
    public const string DatabaseReplica = "db.replica";

    /// <summary>One zone of the cache.</summary>
    public const string CacheZone = "cache.zone";

    /// <summary>Another process of this binary, to which the gateway forwards.</summary>
    public const string Instance = "gateway.instance";

    private readonly IDisposable _watch;
    private readonly IReadOnlyList<ContractUse> _contracts;
    private FrozenDictionary<string, ResiliencePolicy> _policies;

    /// <summary>Reads and checks the section, and goes on watching it.</summary>
    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public ResiliencePolicies(IConfiguration configuration, ILogger<ResiliencePolicies> log) : this(configuration, log, [])
    {
    }

    internal ResiliencePolicies(IConfiguration configuration, ILogger<ResiliencePolicies> log, IEnumerable<ContractUse> contracts)
    {
        _contracts = [.. contracts];
        _policies = PolicyReading.Read(configuration, _contracts);
        _watch = ChangeToken.OnChange(configuration.GetReloadToken, () =>
        {
            try
            {
                var read = PolicyReading.Read(configuration, _contracts);
                if (Same(read, _policies)) return;
                Volatile.Write(ref _policies, read);
            }
            catch (InvalidOperationException wrong)
            {
                KeptLast(log, wrong.Message);
                return;
            }

            Changed?.Invoke();
        });
    }

    /// <summary>Whether a configuration's policies are right, before it is put in force.</summary>
    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public void Check(IConfiguration configuration) => PolicyReading.Read(configuration, _contracts);

    /// <summary>Raised after another set of policies has taken effect.</summary>
    public event Action? Changed;

    /// <summary>All policies by name.</summary>
    public IReadOnlyDictionary<string, ResiliencePolicy> All => Volatile.Read(ref _policies);

    /// <summary>The first of these names that has a policy, or else <see cref="Default"/>.</summary>
    public string Choose(params ReadOnlySpan<string> names) => PolicyReading.Choose(Volatile.Read(ref _policies), names);

    /// <summary>The policy of a name, or else the default one.</summary>
    public ResiliencePolicy this[string name]
    {
        get
        {
            var policies = Volatile.Read(ref _policies);
            return policies.TryGetValue(name, out var policy) ? policy : policies[Default];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    private static bool Same(FrozenDictionary<string, ResiliencePolicy> one, FrozenDictionary<string, ResiliencePolicy> other) =>
        one.Count == other.Count && one.All(p => other.TryGetValue(p.Key, out var policy) && policy == p.Value);

    [LoggerMessage(1, LogLevel.Error, "The policies in the configuration are not right, and the last good ones stay: {Reason}")]
    private static partial void KeptLast(ILogger logger, string reason);
}

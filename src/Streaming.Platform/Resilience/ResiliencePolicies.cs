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

<<<<<<< HEAD
    /// <summary>Another process of this binary, to which the gateway forwards.</summary>
    public const string Instance = "gateway.instance";
=======
    private const string Section = "resilience:policies";

    private static readonly FrozenDictionary<string, ResiliencePolicy> _builtIn = new Dictionary<string, ResiliencePolicy>
    {
        [Default] = new() { Retries = 3, TotalTimeoutMs = 3000 },
        [Contract] = new() { TimeoutMs = 0 },
        ["playback.manifest"] = new() { TimeoutMs = 800, Retries = 1, TotalTimeoutMs = 1600 },
        ["recommendations"] = new() { TimeoutMs = 300 },
        [CacheZone] = new() { TimeoutMs = 25, BreakerInARow = 5, BreakerQuietBelow = 0, BreakerSleepMs = 500 },
        // The contract's deadline bounds a command's time, and a migration has none. A context must not be used again before it is done.
        [DatabaseRead] = new() { TimeoutMs = 0, LeavesBehind = false },
        [DatabaseWrite] = new() { TimeoutMs = 0, LeavesBehind = false },
        [DatabaseReplica] = new() { TimeoutMs = 0, LeavesBehind = false },
    }.ToFrozenDictionary();
>>>>>>> 5a3a4ad (Reads and writes at a level of consistency on several PostgreSQL servers: who answers is chosen by level, zone and session)

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

<<<<<<< HEAD
=======
    private static FrozenDictionary<string, ResiliencePolicy> Read(IConfiguration configuration)
    {
        var policies = _builtIn.ToDictionary(StringComparer.Ordinal);
        // The built-in names first: a contract's or module's own policy changes what holds for all contracts.
        foreach (var section in configuration.GetSection(Section).GetChildren().OrderBy(s => _builtIn.ContainsKey(s.Key) ? 0 : 1))
        {
            var policy = policies.GetValueOrDefault(section.Key, policies[Contract]) with { };
            try
            {
                section.Bind(policy, binder => binder.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException wrong)
            {
                throw new InvalidOperationException($"{section.Path}: {(wrong.InnerException ?? wrong).Message}", wrong);
            }

            var mistakes = new List<ValidationResult>();
            if (!Validator.TryValidateObject(policy, new ValidationContext(policy), mistakes, validateAllProperties: true))
                throw new InvalidOperationException($"{section.Path}: {string.Join(' ', mistakes.Select(m => m.ErrorMessage))}");
            if (policy.TotalTimeoutMs < policy.TimeoutMs)
                throw new InvalidOperationException($"{section.Path}:timeoutMs is {policy.TimeoutMs}, longer than totalTimeoutMs, which is {policy.TotalTimeoutMs}: one attempt cannot outlast them all.");
            if (section.Key is DatabaseRead or DatabaseWrite or DatabaseReplica && (policy.Retries > 0 || policy.LeavesBehind))
                throw new InvalidOperationException($"{section.Path}: retries must be 0 and leavesBehind false, since a database's command is neither repeated nor left behind.");
            policies[section.Key] = policy;
        }

        return policies.ToFrozenDictionary(StringComparer.Ordinal);
    }

>>>>>>> 5a3a4ad (Reads and writes at a level of consistency on several PostgreSQL servers: who answers is chosen by level, zone and session)
    private static bool Same(FrozenDictionary<string, ResiliencePolicy> one, FrozenDictionary<string, ResiliencePolicy> other) =>
        one.Count == other.Count && one.All(p => other.TryGetValue(p.Key, out var policy) && policy == p.Value);

    [LoggerMessage(1, LogLevel.Error, "The policies in the configuration are not right, and the last good ones stay: {Reason}")]
    private static partial void KeptLast(ILogger logger, string reason);
}

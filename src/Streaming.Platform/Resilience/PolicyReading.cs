using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Resilience;

/// <summary>A contract as far as it bounds the policy that it is called by.</summary>
/// <param name="Name">Of the contract.</param>
/// <param name="Module">Whose it is.</param>
/// <param name="Policy">The policy that it names itself; absent for the one of its name, its module or all contracts.</param>
/// <param name="DeadlineMs">How long its callers wait at most.</param>
internal sealed record ContractUse(string Name, string Module, string? Policy, int DeadlineMs)
{
    /// <summary>By which names its policy is looked for, the most particular first.</summary>
    public string[] Policies => [Policy ?? Name, Name, Module, ResiliencePolicies.Contract];
}

/// <summary>The built-in policies, and the section <c>resilience:policies</c> on top of them, read strictly.</summary>
internal static class PolicyReading
{
    private const string Section = "resilience:policies";

    private static readonly FrozenDictionary<string, ResiliencePolicy> _builtIn = new Dictionary<string, ResiliencePolicy>
    {
        [ResiliencePolicies.Default] = new() { Retries = 3, TotalTimeoutMs = 3000 },
        [ResiliencePolicies.Contract] = new() { TimeoutMs = 0 },
        // Five attempts leave one call of 100,000 unanswered where one of ten fails (ADR 18); all within the contract's deadline.
        ["playback"] = new() { TimeoutMs = 0, Retries = 4, RetryDelayMs = 10, Hedge = 95 },
        ["playback.manifest"] = new() { TimeoutMs = 800, Retries = 4, RetryDelayMs = 10, Hedge = 95, TotalTimeoutMs = 1600 },
        ["recommendations"] = new() { TimeoutMs = 300 },
        [ResiliencePolicies.CacheZone] = new() { TimeoutMs = 25, BreakerInARow = 5, BreakerQuietBelow = 0, BreakerSleepMs = 500 },
        // A request brings its own time with it. What fails is asked of another instance, and not of the same one again.
        [ResiliencePolicies.Instance] = new() { TimeoutMs = 0, BreakerInARow = 5, BreakerQuietBelow = 0, LeavesBehind = false },
        // The contract's deadline bounds a command's time, and a migration has none. A context must not be used again before it is done.
        [ResiliencePolicies.DatabaseRead] = new() { TimeoutMs = 0, LeavesBehind = false },
        [ResiliencePolicies.DatabaseWrite] = new() { TimeoutMs = 0, LeavesBehind = false },
        [ResiliencePolicies.DatabaseReplica] = new() { TimeoutMs = 0, LeavesBehind = false },
    }.ToFrozenDictionary();

    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public static FrozenDictionary<string, ResiliencePolicy> Read(IConfiguration configuration, IReadOnlyList<ContractUse> contracts)
    {
        var policies = _builtIn.ToDictionary(StringComparer.Ordinal);
        // The built-in names first: a contract's or module's own policy changes what holds for all contracts.
        foreach (var section in configuration.GetSection(Section).GetChildren().OrderBy(s => _builtIn.ContainsKey(s.Key) ? 0 : 1))
        {
            var policy = policies.GetValueOrDefault(section.Key, policies[ResiliencePolicies.Contract]) with { };
            try
            {
                section.Bind(policy, binder => binder.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException wrong)
            {
                throw new InvalidOperationException($"{section.Path}: {(wrong.InnerException ?? wrong).Message}", wrong);
            }

            Check(section, policy);
            policies[section.Key] = policy;
        }

        var read = policies.ToFrozenDictionary(StringComparer.Ordinal);
        foreach (var contract in contracts) Check(contract, read);
        return read;
    }

    public static string Choose(FrozenDictionary<string, ResiliencePolicy> policies, ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (policies.ContainsKey(name)) return name;
        return ResiliencePolicies.Default;
    }

    private static void Check(IConfigurationSection section, ResiliencePolicy policy)
    {
        var mistakes = new List<ValidationResult>();
        if (!Validator.TryValidateObject(policy, new ValidationContext(policy), mistakes, validateAllProperties: true))
            throw new InvalidOperationException($"{section.Path}: {string.Join(' ', mistakes.Select(m => m.ErrorMessage))}");
        if (policy.TotalTimeoutMs < policy.TimeoutMs)
            throw new InvalidOperationException($"{section.Path}:timeoutMs is {policy.TimeoutMs}, longer than totalTimeoutMs, which is {policy.TotalTimeoutMs}: one attempt cannot outlast them all.");
        if (policy.Hedge is not (0 or (>= 50 and <= 99.9)))
            throw new InvalidOperationException($"{section.Path}:hedge is {policy.Hedge}; it takes a percentile from 50 to 99.9, such as 95, or 0 for never.");
        if (policy is { Hedge: > 0, LeavesBehind: false })
            throw new InvalidOperationException($"{section.Path}:hedge is {policy.Hedge}, but with leavesBehind false nothing may run beside a call.");
        if (section.Key is ResiliencePolicies.DatabaseRead or ResiliencePolicies.DatabaseWrite or ResiliencePolicies.DatabaseReplica && (policy.Retries > 0 || policy.LeavesBehind))
            throw new InvalidOperationException($"{section.Path}: retries must be 0 and leavesBehind false, since a database's command is neither repeated nor left behind.");
        if (section.Key == ResiliencePolicies.Instance && (policy.Retries > 0 || policy.LeavesBehind))
            throw new InvalidOperationException($"{section.Path}: retries must be 0 and leavesBehind false; another instance is asked instead.");
    }

    /// <summary>What outlasts its caller's patience is never noticed: the caller has gone before it ends.</summary>
    private static void Check(ContractUse contract, FrozenDictionary<string, ResiliencePolicy> policies)
    {
        var name = Choose(policies, contract.Policies);
        var policy = policies[name];
        if (Math.Max(policy.TimeoutMs, policy.TotalTimeoutMs ?? 0) is var longest && longest > contract.DeadlineMs)
            throw new InvalidOperationException(
                $"{Section}:{name}:{(policy.TimeoutMs == longest ? "timeoutMs" : "totalTimeoutMs")} is {longest}, longer than callers of {contract.Name} wait, "
                + $"which is {contract.DeadlineMs} ms. Set at most {contract.DeadlineMs}, or give {contract.Name} a policy of its own.");
    }
}

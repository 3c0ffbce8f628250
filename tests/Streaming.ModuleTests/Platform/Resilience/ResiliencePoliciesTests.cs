using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Polly.CircuitBreaker;
using Streaming.Platform.Dial;
using Streaming.Platform.Resilience;

namespace Streaming.ModuleTests.Platform.Resilience;

/// <summary>Policies out of the configuration, and their change while the host runs.</summary>
internal sealed class ResiliencePoliciesTests
{
    [Test]
    public void The_defaults_are_those_of_the_case_study()
    {
        using var policies = Read([]);
        var policy = policies["anything"];
        Assert.That(
            (policy.TimeoutMs, policy.BreakerCalls, policy.BreakerRatio, policy.BreakerWindowMs, policy.BreakerSleepMs),
            Is.EqualTo((1000, 20, 0.5, 10_000, 5000)));
    }

    [TestCase("resilience:policies:recommendations:timeoutMs", "-1", "TimeoutMs")]
    [TestCase("resilience:policies:recommendations:timeoutms", "soon", "recommendations")]
    [TestCase("resilience:policies:recommendations:tiemoutMs", "10", "tiemoutMs")]
    [TestCase("resilience:policies:playback.manifest:timeoutMs", "5000", "totalTimeoutMs")]
    [TestCase("resilience:policies:db.write:retries", "1", "resilience:policies:db.write")]
    [TestCase("resilience:policies:db.read:leavesBehind", "true", "resilience:policies:db.read")]
    [TestCase("resilience:policies:recommendations:hedge", "20", "resilience:policies:recommendations:hedge")]
    [TestCase("resilience:policies:recommendations:hedge", "100", "resilience:policies:recommendations:hedge")]
    [TestCase("resilience:policies:db.read:hedge", "95", "leavesBehind")]
    public void What_is_not_right_is_refused_by_name(string key, string value, string named) =>
        Assert.That(() => Read(new() { [key] = value }), Throws.InvalidOperationException.With.Message.Contains(named));

    [TestCase("sample.ask", "timeoutMs", 501)]
    [TestCase("sample", "timeoutMs", 900)]
    [TestCase("sample", "totalTimeoutMs", 501)]
    [TestCase("contract", "timeoutMs", 501)]
    public void What_outlasts_the_callers_of_a_contract_is_refused_with_both_numbers(string policy, string member, int value)
    {
        ContractUse[] contracts = [new("sample.ask", "sample", null, 500)];
        var key = $"resilience:policies:{policy}:{member}";
        Assert.That(() => Read(new() { [key] = $"{value}" }, contracts), Throws.InvalidOperationException
            .With.Message.Contains(key).And.Message.Contains($"{value}").And.Message.Contains("500").And.Message.Contains("sample.ask"));
        Assert.That(() => Read(new() { [key] = "500" }, contracts), Throws.Nothing);
    }

    [Test]
    public void A_change_that_outlasts_a_contracts_callers_is_left_aside()
    {
        var configuration = new ConfigurationManager();
        using var policies = new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance, [new("sample.ask", "sample", null, 500)]);
        configuration["resilience:policies:sample.ask:timeoutMs"] = "400";
        ((IConfigurationRoot)configuration).Reload();
        configuration["resilience:policies:sample.ask:timeoutMs"] = "600";
        Assert.That(() => policies.Check(configuration), Throws.InvalidOperationException);
        ((IConfigurationRoot)configuration).Reload();
        Assert.That(policies["sample.ask"].TimeoutMs, Is.EqualTo(400));
    }

    [Test]
    public void A_change_takes_effect_at_once_and_a_bad_one_does_not()
    {
        var configuration = new ConfigurationManager();
        using var policies = new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance);
        using var dependencies = new Dependencies(policies, TimeProvider.System, NullLogger<Dependencies>.Instance);
        var dependency = dependencies.Of("recommendations", "recommendations");

        configuration["resilience:policies:recommendations:timeoutMs"] = "150";
        ((IConfigurationRoot)configuration).Reload();
        Assert.That(dependency.Settings.TimeoutMs, Is.EqualTo(150));

        configuration["resilience:policies:recommendations:timeoutMs"] = "-1";
        ((IConfigurationRoot)configuration).Reload();
        Assert.That(dependency.Settings.TimeoutMs, Is.EqualTo(150));
    }

    [Test]
    public void A_policy_of_ones_own_differs_from_that_of_all_contracts_only_where_it_says_so()
    {
        using var policies = Read(new() { ["resilience:policies:catalog.titles:breakerCalls"] = "50", ["resilience:policies:contract:breakerSleepMs"] = "9000" });
        Assert.That(policies["catalog.titles"], Is.EqualTo(policies[ResiliencePolicies.Contract] with { BreakerCalls = 50 }));
        Assert.That((policies["catalog.titles"].TimeoutMs, policies["catalog.titles"].Retries, policies["catalog.titles"].BreakerSleepMs), Is.EqualTo((0, 0, 9000)));
    }

    [Test]
    public void A_contract_that_gets_a_policy_of_its_own_is_called_by_it_from_then_on()
    {
        var configuration = new ConfigurationManager();
        using var policies = new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance);
        using var dependencies = new Dependencies(policies, TimeProvider.System, NullLogger<Dependencies>.Instance);
        var contracts = new ContractPolicies(policies, dependencies);
        var ask = new RequestDescriptor<Sample.Ask>("sample", isCommand: false);
        var before = contracts.Of(ask);
        Assert.That((before.Policy, contracts.Of(ask)), Is.EqualTo((ResiliencePolicies.Contract, before)));

        configuration["resilience:policies:sample.ask:timeoutMs"] = "70";
        ((IConfigurationRoot)configuration).Reload();
        Assert.That((contracts.Of(ask).Policy, contracts.Of(ask).Settings.TimeoutMs), Is.EqualTo(("sample.ask", 70)));
    }

    [Test]
    public async Task What_an_operator_has_isolated_stays_so_when_its_policy_changes()
    {
        var configuration = new ConfigurationManager();
        using var policies = new ResiliencePolicies(configuration, NullLogger<ResiliencePolicies>.Instance);
        using var dependencies = new Dependencies(policies, TimeProvider.System, NullLogger<Dependencies>.Instance);
        var dependency = dependencies.Of("recommendations", "recommendations");
        await dependency.Isolate();

        configuration["resilience:policies:recommendations:timeoutMs"] = "150";
        ((IConfigurationRoot)configuration).Reload();
        Assert.That((dependency.Settings.TimeoutMs, dependency.State), Is.EqualTo((150, CircuitState.Isolated)));
        await dependency.Close();
        Assert.That(dependency.State, Is.EqualTo(CircuitState.Closed));
    }

    private static ResiliencePolicies Read(Dictionary<string, string?> settings, params ContractUse[] contracts) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), NullLogger<ResiliencePolicies>.Instance, contracts);
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
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
    public void What_is_not_right_is_refused_by_name(string key, string value, string named) =>
        Assert.That(() => Read(new() { [key] = value }), Throws.InvalidOperationException.With.Message.Contains(named));

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

    private static ResiliencePolicies Read(Dictionary<string, string?> settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), NullLogger<ResiliencePolicies>.Instance);
}

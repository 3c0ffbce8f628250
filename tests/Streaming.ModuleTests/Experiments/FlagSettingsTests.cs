using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streaming.Experiments;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Experiments;

internal sealed class FlagSettingsTests
{
    private static readonly string _unit = new Guid("0197f3d0-0000-7000-8000-000000000001").ToString();

    [Test]
    public async Task There_is_a_flag_for_the_order_of_the_home_rows([Values] DialMode dial)
    {
        await using var host = await Start(dial);
        var assigned = await host.Send(new GetAssignments(_unit, []), Caller.Anonymous);
        Assert.That(assigned.Value.Items, Is.EqualTo(new[] { new Assignment("home-row-order", "new-first", 8282) }));
    }

    [Test]
    public async Task Configured_flags_join_the_built_in_ones_and_go_before_them()
    {
        await using var host = await Start(
            DialMode.InProcess,
            ("home-row-order:variants:popular-first", "100"), ("other:variants:off", "99"), ("other:variants:on", "1"), ("other:seedVersion", "7"));
        host.Services.GetRequiredService<IStartupValidator>().Validate();

        var all = await host.Send(new GetAssignments(_unit, []));
        var some = await host.Send(new GetAssignments(_unit, ["home-row-order", "unknown", "home-row-order"]));

        Assert.Multiple(() =>
        {
            Assert.That(all.Value.Items.Select(a => a.Flag), Is.EqualTo(new[] { "home-row-order", "other" }));
            Assert.That(some.Value.Items.Single().Variant, Is.EqualTo("popular-first"));
        });
    }

    [Test]
    public async Task A_disabled_flag_assigns_nothing()
    {
        await using var host = await Start(DialMode.InProcess, ("other:variants:on", "100"), ("other:enabled", "false"));
        Assert.That((await host.Send(new GetAssignments(_unit, ["other"]))).Value.Items, Is.Empty);
    }

    [Test]
    public async Task A_unit_must_be_named()
    {
        await using var host = await Start(DialMode.InProcess);
        Assert.That((await host.Send(new GetAssignments("", []))).Error!.Fields!.Keys, Is.EqualTo(new[] { "unitId" }));
    }

    [TestCase("other:variants:on", "99", "experiments:flags:other:variants: the weights sum to 99")]
    [TestCase("other:variants:on", "0", "experiments:flags:other:variants:on: its weight is 0")]
    [TestCase("other:variants:on", "-5", "experiments:flags:other:variants:on: its weight is -5")]
    [TestCase("other:variants:on", "half", "experiments:flags:other:variants:on")]
    [TestCase("other:seedVersion", "one", "experiments:flags:other:seedVersion")]
    [TestCase("other:seedversions", "1", "seedversions")]
    [TestCase("other:enabled", "true", "experiments:flags:other:variants: the weights sum to 0")]
    [TestCase("other:seedVersion", "0", "experiments:flags:other:seedVersion: it is 0")]
    [TestCase("other_flag:variants:on", "100", "experiments:flags:other_flag: a flag's key")]
    [TestCase("other:variants:on_off", "100", "experiments:flags:other:variants:on_off: a variant's key")]
    public async Task A_wrong_flag_stops_the_start_and_names_its_key(string key, string value, string message)
    {
        await using var host = await Start(DialMode.InProcess, (key, value));
        Assert.That(
            () => host.Services.GetRequiredService<IStartupValidator>().Validate(), Throws.Exception.With.Message.Contains(message).IgnoreCase);
    }

    private static Task<ModuleHost> Start(DialMode dial, params (string Key, string Value)[] flags) => ModuleHost.Start(
        Engine.Sqlite, dial, [new ExperimentsModule()], settings: flags.ToDictionary(f => $"experiments:flags:{f.Key}", f => (string?)f.Value));
}

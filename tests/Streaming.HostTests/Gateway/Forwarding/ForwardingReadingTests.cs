namespace Streaming.HostTests.Gateway.Forwarding;

/// <summary>What may be said below gateway:forwarding.</summary>
public sealed class ForwardingReadingTests
{
    private const string Catalog = "gateway:forwarding:catalog";

    [Test]
    public void A_module_is_read_with_all_that_is_said_of_it()
    {
        using var settings = Settings.Of(
            ("gateway:region", "eu-1"), ($"{Catalog}:percent", "12.25"), ($"{Catalog}:salt", "second try"), ($"{Catalog}:rampSeconds", "5"),
            ($"{Catalog}:instances:0:name", "a"), ($"{Catalog}:instances:0:address", "http://10.0.0.7:8080"),
            ($"{Catalog}:instances:1:name", "b"), ($"{Catalog}:instances:1:address", "https://b.example.test/"), ($"{Catalog}:instances:1:region", "us-1"),
            ("gateway:forwarding:probeTimeoutMs", "500"));
        var forwarding = settings.Current.Forwarding;
        var module = forwarding.Modules.Single();
        Assert.Multiple(() =>
        {
            Assert.That((module.Module, module.Share.Percent, module.Section.RampSeconds, forwarding.ProbeTimeout.TotalMilliseconds), Is.EqualTo(("catalog", 12.25m, 5, 500d)));
            Assert.That(module.Instances.Select(i => (i.Name, i.Region)), Is.EqualTo(new[] { ("a", "eu-1"), ("b", "us-1") }));
            Assert.That(module.Instances[1].Address.GetLeftPart(UriPartial.Authority), Is.EqualTo("https://b.example.test"));
        });
    }

    [Test]
    public void Nothing_said_is_nothing_forwarded()
    {
        using var settings = Settings.Of();
        Assert.That(settings.Current.Forwarding.Modules, Is.Empty);
    }

    [TestCase("gateway:forwarding:catalogue:percent", "1", "gateway:forwarding:catalogue is not known")]
    [TestCase($"{Catalog}:percent", "100.5", $"{Catalog}:percent")]
    [TestCase($"{Catalog}:percent", "-1", $"{Catalog}:percent")]
    [TestCase($"{Catalog}:percent", "0.125", "it takes two decimals")]
    [TestCase($"{Catalog}:percent", "many", $"{Catalog}")]
    [TestCase($"{Catalog}:percentage", "1", "percentage")]
    [TestCase($"{Catalog}:percent", "1", $"{Catalog}:instances is empty")]
    [TestCase($"{Catalog}:hedgeFloorMs", "900", $"{Catalog}:hedgeFloorMs is 900")]
    [TestCase($"{Catalog}:rampSeconds", "-1", $"{Catalog}:rampSeconds")]
    [TestCase("gateway:forwarding:probeTimeoutMs", "soon", "gateway:forwarding:probeTimeoutMs is 'soon'")]
    [TestCase("gateway:region", "Far Away", "gateway:region is 'Far Away'")]
    public void A_wrong_value_is_refused_with_its_key(string key, string value, string message) =>
        Assert.That(Assert.Throws<InvalidOperationException>(() => Settings.Of((key, value)))!.Message, Does.Contain(message).IgnoreCase);

    [TestCase("a", "10.0.0.7:8080", "address is '10.0.0.7:8080'")]
    [TestCase("a", "ftp://10.0.0.7", "address is")]
    [TestCase("a", "http://10.0.0.7/api", "without a path")]
    [TestCase("a", "http://me:secret@10.0.0.7", "address is")]
    [TestCase("a", "", "address is ''")]
    [TestCase("An Instance", "http://10.0.0.7", $"{Catalog}:instances:0:name is 'An Instance'")]
    [TestCase("b", "http://10.0.0.8", "'b' is there twice")]
    public void A_wrong_instance_is_refused(string name, string address, string message) => Assert.That(
        Assert.Throws<InvalidOperationException>(() => Settings.Of(
            ($"{Catalog}:instances:0:name", name), ($"{Catalog}:instances:0:address", address),
            ($"{Catalog}:instances:1:name", "b"), ($"{Catalog}:instances:1:address", "http://10.0.0.8")))!.Message,
        Does.Contain(message));

    [Test]
    public void One_name_with_two_addresses_is_refused() => Assert.That(
        Assert.Throws<InvalidOperationException>(() => Settings.Of(
            ($"{Catalog}:instances:0:name", "a"), ($"{Catalog}:instances:0:address", "http://10.0.0.7"),
            ("gateway:forwarding:users:instances:0:name", "a"), ("gateway:forwarding:users:instances:0:address", "http://10.0.0.8")))!.Message,
        Does.Contain("'a' has two addresses"));
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.HostTests.Fixtures;

namespace Streaming.HostTests.Operations;

/// <summary>The files for Grafana and Prometheus name what this host really shows.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] _files = ["grafana/streaming.json", "prometheus/alerts.yaml"];

    [Test]
    public async Task Every_metric_of_the_dashboard_and_of_the_alerts_is_one_that_the_host_exports()
    {
        using var metrics = new Metrics();
        await using var host = await TestHost.Start(null, metrics.Setting);
        await Metrics.Traffic(host);
        using var dashboard = JsonDocument.Parse(File.ReadAllText(PathOf(_files[0])));
        var named = Asked(dashboard).Append(File.ReadAllText(PathOf(_files[1]))).SelectMany(Named).ToHashSet();
        Assert.That(named, Has.Count.GreaterThan(20));

        IEnumerable<string> missing = named;
        // What is asked for in the background comes a few seconds after the start.
        for (var i = 0; i < 60 && missing.Any(); i++)
        {
            var shown = await metrics.Names();
            missing = named.Where(n => !shown.Contains(n)).ToArray();
            if (missing.Any()) await Task.Delay(250);
        }

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void A_metric_that_is_not_there_would_be_noticed() =>
        Assert.That(Named("sum(rate(streaming_no_such_total{a=\"http_x\"}[5m])) / dotnet_other"), Is.EquivalentTo(new[] { "streaming_no_such_total", "dotnet_other" }));

    [Test]
    public void The_dashboard_can_be_read_and_each_of_its_panels_asks_something()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(PathOf(_files[0])));
        var panels = Panels(dashboard).ToArray();
        Assert.That(panels, Has.Length.GreaterThan(10));
        Assert.That(panels.Select(p => p.GetProperty("id").GetInt32()), Is.Unique);
        foreach (var panel in panels)
            Assert.That(panel.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("expr").GetString()), Is.Not.Empty.And.All.Not.Empty, panel.GetProperty("title").GetString());
    }

    [Test]
    public void Each_alert_says_what_to_do_on_a_page_that_there_is()
    {
        var pages = Page().Matches(File.ReadAllText(PathOf(_files[1]))).Select(m => m.Value).Distinct().ToArray();
        Assert.That(pages, Is.Not.Empty);
        Assert.That(pages.Where(p => !File.Exists(Path.Combine(Repository.Root, p))), Is.Empty);
        Assert.That(AlertName().Count(File.ReadAllText(PathOf(_files[1]))), Is.EqualTo(Page().Count(File.ReadAllText(PathOf(_files[1])))));
    }

    private static string PathOf(string file) => Path.Combine(Repository.Root, "build", "deploy", file);

    private static IEnumerable<JsonElement> Panels(JsonDocument dashboard) =>
        dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(p => p.GetProperty("type").GetString() != "row");

    private static IEnumerable<string> Asked(JsonDocument dashboard) =>
        Panels(dashboard).SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!);

    // What stands in braces, or behind "by", are labels.
    private static IEnumerable<string> Named(string text) => Metric().Matches(Labels().Replace(text, "")).Select(m => m.Value).Distinct();

    [GeneratedRegex(@"(?<![\w.])(?:streaming|http_server|kestrel|dotnet|process)_\w+")]
    private static partial Regex Metric();

    [GeneratedRegex("\\{[^{}]*\\}|by \\([^)]*\\)")]
    private static partial Regex Labels();

    [GeneratedRegex(@"docs/operations/\w+\.md")]
    private static partial Regex Page();

    [GeneratedRegex(@"- alert:")]
    private static partial Regex AlertName();
}

using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streaming.EdgeRouting;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.EdgeRouting;

internal sealed class FetchSourceTests
{
    [Test]
    public async Task The_origin_is_the_only_source_and_is_the_same_host_by_default([Values] DialMode dial)
    {
        await using var host = await ModuleHost.Start(Engine.Sqlite, dial, [new EdgeRoutingModule()]);

        var sources = await host.Send(new GetFetchSources(Guid.CreateVersion7()), Caller.Anonymous);

        Assert.That(sources.Value.Items, Is.EqualTo(new[] { new FetchSource("origin", "") }));
    }

    [TestCase("https://media.example.org")]
    [TestCase("http://10.0.0.7:8080/vod")]
    public async Task The_origin_may_have_an_address_of_its_own(string address)
    {
        await using var host = await StartWith(address);

        host.Services.GetRequiredService<IStartupValidator>().Validate();
        var sources = await host.Send(new GetFetchSources(Guid.CreateVersion7()));

        Assert.That(sources.Value.Items, Is.EqualTo(new[] { new FetchSource("origin", address) }));
    }

    [TestCase("media.example.org")]
    [TestCase("/vod")]
    [TestCase("ftp://media.example.org")]
    [TestCase("https://media.example.org/")]
    [TestCase("https://media.example.org?a=b")]
    [TestCase("https://media.example.org#a")]
    [TestCase("https://me:secret@media.example.org")]
    [TestCase(" https://media.example.org")]
    public async Task An_origin_that_is_no_base_address_stops_the_start_and_names_the_key(string address)
    {
        await using var host = await StartWith(address);

        Assert.That(
            () => host.Services.GetRequiredService<IStartupValidator>().Validate(),
            Throws.InstanceOf<OptionsValidationException>().With.Message.StartsWith($"edges:origin:baseUrl: '{address}'"));
    }

    [Test]
    public async Task Operators_list_the_edges_and_others_do_not()
    {
        await using var server = await ModuleServer.Start([new EdgeRoutingModule()]);

        var anonymous = await server.Client.GetAsync("/api/edges");
        server.Caller = new Caller(Guid.CreateVersion7(), ["viewer"], new Dictionary<string, string>());
        var viewer = await server.Client.GetAsync("/api/edges");
        server.Caller = new Caller(Guid.CreateVersion7(), ["operator"], new Dictionary<string, string>());
        var list = JsonDocument.Parse(await server.Client.GetStringAsync("/api/edges")).RootElement;

        Assert.Multiple(() =>
        {
            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(viewer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(list.GetRawText(), Is.EqualTo("""{"items":[{"id":"origin","kind":"origin","baseUrl":""}]}"""));
        });
    }

    private static Task<ModuleHost> StartWith(string address) => ModuleHost.Start(
        Engine.Sqlite,
        DialMode.InProcess,
        [new EdgeRoutingModule()],
        settings: new Dictionary<string, string?> { ["edges:origin:baseUrl"] = address });
}

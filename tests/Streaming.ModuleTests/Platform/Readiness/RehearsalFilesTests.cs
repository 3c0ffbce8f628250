using Microsoft.Extensions.Configuration;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Readiness.Rehearsals;

namespace Streaming.ModuleTests.Platform.Readiness;

public sealed class RehearsalFilesTests
{
    private const string Kept = """{"module":"books","injection":"none","at":"2026-01-05T12:00:00+00:00","version":"1","steps":[],"verdict":"ready","reason":"","added":"later"}""";

    private string _folder = null!;

    private RehearsalFiles Files => new(DataOptions.From(new ConfigurationBuilder().AddInMemoryCollection([new("data:folder", _folder)]).Build()));

    [SetUp]
    public void Make() => Directory.CreateDirectory(Path.Combine(_folder = Directory.CreateTempSubdirectory("streaming-rehearsals-").FullName, "rehearsals"));

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_newest_comes_first_and_what_cannot_be_read_is_among_them()
    {
        Write("20260105-120000-books", Kept);
        Write("20260106-120000-books", "{");
        Write("20260107-120000-books", "{}");
        Write("notes", Kept);
        var listed = await Files.List(CancellationToken.None);
        Assert.That(listed.Select(e => (e.Name, e.Verdict)), Is.EqualTo(new[] { ("20260107-120000-books", "unreadable"), ("20260106-120000-books", "unreadable"), ("20260105-120000-books", "ready") }));
    }

    [TestCase("../secret")]
    [TestCase("20260105-120000-..")]
    [TestCase("20260105-120000-books/../../secret")]
    [TestCase("20260105-120000-other")]
    [TestCase("")]
    public async Task A_name_leads_nowhere_else(string name)
    {
        Write("20260105-120000-books", Kept);
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret.json"), Kept);
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret.md"), Kept);
        Assert.Multiple(async () =>
        {
            Assert.That((await Files.Read(name, CancellationToken.None)).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
            Assert.That(await Files.Markdown(name, CancellationToken.None), Is.Null);
        });
    }

    [Test]
    public async Task The_latest_of_a_module_is_one_in_which_nothing_was_done_on_purpose()
    {
        Write("20260105-120000-books", Kept);
        Write("20260106-120000-books", Kept.Replace("\"none\"", "\"kill\"", StringComparison.Ordinal));
        Assert.Multiple(async () =>
        {
            Assert.That((await Files.Latest("books", CancellationToken.None))?.Name, Is.EqualTo("20260105-120000-books"));
            Assert.That(await Files.Latest("shelves", CancellationToken.None), Is.Null);
        });
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, "rehearsals", name + ".json"), text);
}

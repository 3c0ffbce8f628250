using Streaming.Platform.Data;
using Streaming.Platform.Storage;

namespace Streaming.ModuleTests.Platform;

internal sealed class LocalObjectStoreTests
{
    private string _folder = null!;
    private LocalObjectStore _store = null!;

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("streaming-store-").FullName;
        _store = new LocalObjectStore(new DataOptions { Folder = Path.Combine(_folder, "data") });
    }

    [TearDown]
    public void Stop() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_committed_file_is_an_object_and_no_file_any_more()
    {
        var file = await Written("content");
        await _store.Commit("a/1/v720/0.m4s", file, default);
        Assert.Multiple(async () =>
        {
            Assert.That(File.Exists(file), Is.False);
            Assert.That(await _store.Size("a/1/v720/0.m4s", default), Is.EqualTo(7));
            Assert.That(await Read("a/1/v720/0.m4s"), Is.EqualTo("content"));
            Assert.That(Directory.EnumerateFiles(Path.Combine(_folder, "data"), "*", SearchOption.AllDirectories).Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_file_of_another_file_system_is_taken_over_too()
    {
        if (!Directory.Exists("/dev/shm")) Assert.Ignore("There is no /dev/shm, another file system, on this machine.");
        var file = Path.Combine("/dev/shm", Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(file, "far");
        await _store.Commit("far", file, default);
        Assert.Multiple(async () =>
        {
            Assert.That(File.Exists(file), Is.False);
            Assert.That(await Read("far"), Is.EqualTo("far"));
        });
    }

    [Test]
    public async Task Readers_see_the_old_object_or_the_new_one_and_never_none_or_half()
    {
        var contents = new[] { new string('a', 300_000), new string('b', 200_000) };
        await _store.Commit("k", await Written(contents[0]), default);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            var reads = 0;
            for (; !stop.IsCancellationRequested || reads == 0; reads++)
            {
                var seen = await Read("k");
                if (seen != contents[0] && seen != contents[1]) return -1;
            }

            return reads;
        });
        for (var i = 1; i <= 40; i++) await _store.Commit("k", await Written(contents[i % 2]), default);
        await stop.CancelAsync();
        Assert.That(await reading, Is.GreaterThan(0));
    }

    [Test]
    public async Task Who_has_opened_an_object_reads_it_to_its_end_though_it_is_deleted()
    {
        await _store.Commit("k", await Written("whole"), default);
        await using var open = await _store.Open("k", default);
        await _store.Delete("k", default);
        using var reader = new StreamReader(open!);
        Assert.That(await reader.ReadToEndAsync(), Is.EqualTo("whole"));
    }

    [Test]
    public async Task A_commit_that_fails_leaves_the_file_where_it_was_and_nothing_under_the_key()
    {
        await _store.Commit("a", await Written("in the way"), default);
        var file = await Written("new");
        Assert.That(() => _store.Commit("a/b", file, default), Throws.InstanceOf<IOException>());
        Assert.Multiple(async () =>
        {
            Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo("new"));
            Assert.That(await Read("a"), Is.EqualTo("in the way"));
            Assert.That(() => _store.Commit("c", Path.Combine(_folder, "missing"), default), Throws.InstanceOf<IOException>());
            Assert.That(await _store.Size("c", default), Is.Null);
        });
    }

    [Test]
    public void What_is_missing_is_null()
    {
        Assert.Multiple(async () =>
        {
            Assert.That(await _store.Size("no/such", default), Is.Null);
            Assert.That(await _store.Open("no/such", default), Is.Null);
            Assert.That(() => _store.Delete("no/such", default), Throws.Nothing);
            Assert.That(() => _store.DeleteFolder("no", default), Throws.Nothing);
            Assert.That(await Keys("no"), Is.Empty);
        });
    }

    [Test]
    public async Task Folders_are_listed_and_deleted_whole_and_nothing_else()
    {
        foreach (var key in new[] { "a/1/x", "a/1/y/z", "a/2/x", "ab/x" }) await _store.Commit(key, await Written(key), default);
        var before = await Keys("a");
        await _store.DeleteFolder("a/1", default);
        Assert.Multiple(async () =>
        {
            Assert.That(before, Is.EquivalentTo(new[] { "a/1/x", "a/1/y/z", "a/2/x" }));
            Assert.That(await Keys("a"), Is.EqualTo(new[] { "a/2/x" }));
            Assert.That(await Keys("ab"), Is.EqualTo(new[] { "ab/x" }));
        });
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("../x")]
    [TestCase("a/../x")]
    [TestCase("a/./x")]
    [TestCase("a/.hidden")]
    [TestCase("a..b")]
    [TestCase("/etc/passwd")]
    [TestCase("a//b")]
    [TestCase("a/")]
    [TestCase("A")]
    [TestCase("a\\b")]
    [TestCase("a b")]
    [TestCase("é")]
    [TestCase("a\0")]
    public async Task A_bad_key_is_refused_everywhere(string key)
    {
        var file = await Written("x");
        Assert.Multiple(() =>
        {
            Assert.That(() => _store.Commit(key, file, default), Throws.ArgumentException);
            Assert.That(async () => await _store.Size(key, default), Throws.ArgumentException);
            Assert.That(async () => await _store.Open(key, default), Throws.ArgumentException);
            Assert.That(() => _store.Delete(key, default), Throws.ArgumentException);
            Assert.That(() => _store.DeleteFolder(key, default), Throws.ArgumentException);
            Assert.That(() => Keys(key), Throws.ArgumentException);
        });
    }

    [Test]
    public void An_overlong_key_is_refused() => Assert.That(() => _store.Delete(new string('a', 300), default), Throws.ArgumentException);

    [Test]
    public void The_free_space_is_known_before_anything_is_kept() => Assert.That(_store.FreeBytes, Is.GreaterThan(0).And.LessThan(long.MaxValue));

    private async Task<string> Written(string content)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(file, content);
        return file;
    }

    private async Task<string?> Read(string key)
    {
        await using var stream = await _store.Open(key, default);
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private async Task<List<string>> Keys(string folder)
    {
        var keys = new List<string>();
        await foreach (var key in _store.List(folder, default)) keys.Add(key);
        return keys;
    }
}

using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Media;
using Streaming.Catalog.Uploads;
using Streaming.Kernel;
using Streaming.ModuleTests.Catalog.Ingests;
using Streaming.ModuleTests.Fixtures;

namespace Streaming.ModuleTests.Catalog.Uploads;

/// <summary>The tus protocol over real HTTP.</summary>
[TestFixture(Engine.Sqlite), TestFixture(Engine.Postgres)]
internal sealed class TusTests(Engine engine)
{
    private static readonly byte[] _bytes = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3))];
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private TestDatabase _database = null!;
    private IngestHost _host = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.Create(engine);
        _host = await IngestHost.Start(_database, settings: new Dictionary<string, string?> { ["catalog:uploads:maxBytes"] = "1000000" });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [SetUp]
    public void Reset() => (_host.Caller, _host.Store.Free) = (IngestHost.Publisher, null);

    [Test]
    public async Task Options_tells_version_extensions_and_largest_size_to_anybody()
    {
        _host.Caller = Caller.Anonymous;
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/catalog/uploads");
        using var answer = await _host.Client.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(
            (Header(answer, "Tus-Version"), Header(answer, "Tus-Extension"), Header(answer, "Tus-Max-Size")),
            Is.EqualTo(("1.0.0", "creation,termination,expiration", "1000000")));
    }

    [Test]
    public async Task A_file_in_two_pieces_arrives_whole_and_becomes_an_ingest()
    {
        using var created = await _host.Create(_bytes.Length, IngestHost.Metadata(("filename", "a.mp4"), ("title", "A")));
        var location = created.Headers.Location!.ToString();
        Assert.That(Header(created, "Tus-Resumable"), Is.EqualTo("1.0.0"));
        Assert.That((await _host.View(IdOf(created))).State, Is.EqualTo("receiving"));

        using var first = await _host.Patch(location, 0, _bytes[..100_000]);
        Assert.That((first.StatusCode, Header(first, "Upload-Offset")), Is.EqualTo((HttpStatusCode.NoContent, "100000")));
        Assert.That(DateTimeOffset.Parse(Header(first, "Upload-Expires")!, System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(DateTimeOffset.UnixEpoch.AddYears(50)));
        using var where = await _host.Tus(HttpMethod.Head, location);
        Assert.That((Header(where, "Upload-Offset"), Header(where, "Upload-Length"), Header(where, "Cache-Control")), Is.EqualTo(("100000", "300000", "no-store")));

        using var second = await _host.Patch(location, 100_000, _bytes[100_000..]);
        Assert.That(Header(second, "Streaming-Ingest"), Is.EqualTo(IdOf(created).ToString()));
        var row = await _host.Row(IdOf(created));
        Assert.That((row.State, row.Sha256), Is.EqualTo((IngestState.Verifying, Convert.ToHexStringLower(SHA256.HashData(_bytes)))));
        Assert.That(await File.ReadAllBytesAsync(PathOf(row.Id)), Is.EqualTo(_bytes));
    }

    [Test]
    public async Task After_a_crash_only_what_was_acknowledged_counts_and_the_rest_is_cut_off()
    {
        using var created = await _host.Create(_bytes.Length);
        var (id, location) = (IdOf(created), created.Headers.Location!.ToString());
        using (await _host.Patch(location, 0, _bytes[..50_000]))
        {
        }

        // What a kill -9 leaves: bytes in the file that no row knows of.
        await using (var file = new FileStream(PathOf(id), FileMode.Append)) await file.WriteAsync(new byte[777]);
        await _host.DisposeAsync();
        _host = await IngestHost.Start(_database, settings: new Dictionary<string, string?> { ["catalog:uploads:maxBytes"] = "1000000" });
        using var where = await _host.Tus(HttpMethod.Head, location);
        Assert.That(Header(where, "Upload-Offset"), Is.EqualTo("50000"));

        // And the other way round: a row that knows of more than the disk kept.
        await using (var file = new FileStream(PathOf(id), FileMode.Open)) file.SetLength(40_000);
        using (var again = await _host.Tus(HttpMethod.Head, location)) Assert.That(Header(again, "Upload-Offset"), Is.EqualTo("40000"));
        using var rest = await _host.Patch(location, 40_000, _bytes[40_000..]);
        Assert.That(rest.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await File.ReadAllBytesAsync(PathOf(id)), Is.EqualTo(_bytes));
        Assert.That((await _host.Row(id)).Sha256, Is.Null, "this host has not seen the first bytes: the file has to be read again");
    }

    [Test]
    public async Task Of_two_requests_at_once_one_is_told_to_wait()
    {
        using var created = await _host.Create(_bytes.Length);
        var location = created.Headers.Location!.ToString();
        var gate = new TaskCompletionSource();
        var body = new SlowContent(_bytes, gate.Task);
        var first = _host.Tus(HttpMethod.Patch, location, body, ("Upload-Offset", "0"));
        await body.HalfSent;
        await Arrives(IdOf(created));
        using var second = await _host.Patch(location, 7, _bytes[..10]);
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.Locked));
        gate.SetResult();
        using var done = await first;
        Assert.That((done.StatusCode, Header(done, "Upload-Offset")), Is.EqualTo((HttpStatusCode.NoContent, "300000")));
    }

    [Test]
    public async Task What_came_before_the_connection_broke_need_not_be_sent_again()
    {
        using var created = await _host.Create(_bytes.Length);
        var location = created.Headers.Location!.ToString();
        var cable = new TaskCompletionSource();
        var body = new SlowContent(_bytes, cable.Task);
        using var request = new HttpRequestMessage(HttpMethod.Patch, location) { Content = body };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", "0");
        var sending = _host.Client.SendAsync(request);
        await body.HalfSent;
        await Arrives(IdOf(created));
        cable.SetException(new IOException("the cable is out"));
        Assert.That(async () => await sending, Throws.InstanceOf<Exception>());

        var offset = "0";
        for (var waited = Stopwatch.StartNew(); offset == "0" && waited.Elapsed < _patience;)
        {
            await Task.Delay(20);
            using var where = await _host.Tus(HttpMethod.Head, location);
            offset = Header(where, "Upload-Offset");
        }

        var kept = int.Parse(offset!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(kept, Is.InRange(1, _bytes.Length / 2));
        using var rest = await _host.Patch(location, kept, _bytes[kept..]);
        Assert.That(rest.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await File.ReadAllBytesAsync(PathOf(IdOf(created))), Is.EqualTo(_bytes));
    }

    [Test]
    public async Task Wrong_requests_are_refused_each_with_its_own_status()
    {
        using var created = await _host.Create(1000);
        var location = created.Headers.Location!.ToString();
        async Task<int> Status(Task<HttpResponseMessage> sent)
        {
            using var answer = await sent;
            return (int)answer.StatusCode;
        }

        Assert.That(await Status(_host.Patch(location, 5, new byte[5])), Is.EqualTo(409), "wrong offset");
        Assert.That(await Status(_host.Patch(location, 0, new byte[5], "application/octet-stream")), Is.EqualTo(415));
        Assert.That(await Status(_host.Patch(location, 0, new byte[1001])), Is.EqualTo(413), "more than announced");
        Assert.That(await Status(_host.Create(1_000_001)), Is.EqualTo(413), "more than is taken");
        Assert.That(await Status(_host.Tus(HttpMethod.Post, "/api/catalog/uploads")), Is.EqualTo(400), "no length");
        Assert.That(await Status(_host.Tus(HttpMethod.Patch, location, new ByteArrayContent([]) { Headers = { { "Content-Type", Tus.ContentType } } })), Is.EqualTo(400), "no offset");
        Assert.That(await Status(_host.Create(10, "filename ***")), Is.EqualTo(422));
        Assert.That(await Status(_host.Create(10, IngestHost.Metadata(("titleId", Guid.NewGuid().ToString())))), Is.EqualTo(422), "no such title");
        Assert.That(await Status(_host.Patch($"/api/catalog/uploads/{Guid.NewGuid()}", 0, [1])), Is.EqualTo(404));
        Assert.That(await Status(_host.Client.PostAsync("/api/catalog/uploads", null)), Is.EqualTo(412), "no version");
        using var where = await _host.Tus(HttpMethod.Head, location);
        Assert.That(Header(where, "Upload-Offset"), Is.EqualTo("0"), "nothing of all that was kept");
    }

    [Test]
    public async Task Without_room_for_file_and_renditions_an_upload_is_refused_at_once()
    {
        _host.Store.Free = 1_000_000 + 500_000;
        using var refused = await _host.Create(700_000);
        Assert.That((int)refused.StatusCode, Is.EqualTo(507));
        var text = await refused.Content.ReadAsStringAsync();
        Assert.That(text, Does.Contain("urn:streaming:catalog:no-room").And.Contain("Free some space"));
    }

    [Test]
    [Platform("Linux")]
    public void A_full_disk_is_told_from_one_that_fails()
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var noSpace = Assert.CatchAsync<IOException>(async () => await new UploadFiles.Receipt().Append(full, new byte[10]));
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.ClientSafePipeHandle.Dispose();
        var broken = Assert.Catch<IOException>(() => pipe.Write(new byte[10]));

        Assert.That(FullDisk.Is(noSpace!), Is.True);
        Assert.That(FullDisk.Is(new IOException("Disk quota exceeded", 122)), Is.True);
        Assert.That(FullDisk.Is(broken!), Is.False);
    }

    [Test]
    public void What_has_arrived_or_was_thrown_away_keeps_no_hash_open()
    {
        using var files = new UploadFiles(_host.Services.GetRequiredService<SourceFiles>());
        var id = Guid.CreateVersion7();
        using var hold = files.TryHold(id)!;
        hold.StartAt(0);
        Assert.That(hold.Sha256(), Is.Not.Null);

        files.Forget(id);
        Assert.That(hold.Sha256(), Is.Null);
    }

    [Test]
    public async Task Only_publishers_send_and_only_their_own()
    {
        using var created = await _host.Create(10);
        _host.Caller = Caller.Anonymous;
        using (var anonymous = await _host.Create(10)) Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        _host.Caller = IngestHost.Publisher with { Roles = [Streaming.Users.Roles.Viewer] };
        using (var viewer = await _host.Create(10)) Assert.That(viewer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        _host.Caller = IngestHost.Publisher with { Subject = Guid.NewGuid() };
        using var other = await _host.Patch(created.Headers.Location!.ToString(), 0, new byte[10]);
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task An_upload_can_be_thrown_away_and_one_that_nobody_goes_on_with_is()
    {
        using var created = await _host.Create(1000);
        var location = created.Headers.Location!.ToString();
        using (await _host.Patch(location, 0, new byte[10]))
        {
        }

        using (var gone = await _host.Tus(HttpMethod.Delete, location)) Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        using (var where = await _host.Tus(HttpMethod.Head, location)) Assert.That(where.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(File.Exists(PathOf(IdOf(created))), Is.False);

        using var stale = await _host.Create(1000);
        using (await _host.Patch(stale.Headers.Location!.ToString(), 0, new byte[10]))
        {
        }

        await _host.Db(db => db.Uploads.Where(u => u.Id == IdOf(stale)).ExecuteUpdateAsync(set => set.SetProperty(u => u.ExpiresAt, DateTimeOffset.UnixEpoch)));
        await _host.Services.GetRequiredService<UploadExpiry>().Pass(CancellationToken.None);
        Assert.That(File.Exists(PathOf(IdOf(stale))), Is.False);
        Assert.That(await _host.Db(db => db.Ingests.CountAsync(i => i.Id == IdOf(stale))), Is.Zero);
    }

    [TestCase("../../etc/passwd", "passwd")]
    [TestCase("C:\\films\\a.mp4", "a.mp4")]
    [TestCase("a\u202Egpj.mp4\0", "agpj.mp4")]
    [TestCase("..", "upload")]
    [TestCase("", "upload")]
    [TestCase("Größe 🎬.mkv", "Größe 🎬.mkv")]
    public void A_file_name_keeps_nothing_that_could_mislead(string sent, string kept) => Assert.That(UploadMetadata.FileNameOf(sent), Is.EqualTo(kept));

    [TestCase("Big.Buck.Bunny.2008.1080p.BluRay.x264.mkv", "Big Buck Bunny", 2008)]
    [TestCase("Film.2019.1080p.mkv", "Film", 2019)]
    [TestCase("Film (2019).mkv", "Film", 2019)]
    [TestCase("film [720p] (2019).mkv", "Film", 2019)]
    [TestCase("The Kid (1921).avi", "The Kid", 1921)]
    [TestCase("1917.2019.2160p.mkv", "1917", 2019)]
    [TestCase("Blade Runner 2049 (2017).mkv", "Blade Runner 2049", 2017)]
    [TestCase("Blade Runner 2049.mkv", "Blade Runner 2049", null)]
    [TestCase("Route 1887.mkv", "Route 1887", null)]
    [TestCase("2001.mp4", "2001", null)]
    [TestCase("holiday_in_rome.mp4", "Holiday in rome", null)]
    public void A_title_and_its_year_are_made_of_a_file_name(string file, string title, int? year) =>
        Assert.That(TidyName.Of(file, latest: 2027), Is.EqualTo(new TidyName(title, year)));

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static Guid IdOf(HttpResponseMessage created) => Guid.Parse(created.Headers.GetValues("Streaming-Ingest").Single());

    /// <summary>Until the host has the upload to itself and bytes of it in the file.</summary>
    private async Task Arrives(Guid id)
    {
        var received = new FileInfo(PathOf(id));
        for (var waited = Stopwatch.StartNew(); received is not { Exists: true, Length: > 0 }; received.Refresh())
        {
            Assert.That(waited.Elapsed, Is.LessThan(_patience), "nothing has arrived");
            await Task.Delay(10);
        }
    }

    private string PathOf(Guid id) => Path.Combine(_database.Folder, "uploads", id.ToString("N"));

    /// <summary>Sends one half, and the other when it is let.</summary>
    private sealed class SlowContent : HttpContent
    {
        private readonly byte[] _all;
        private readonly Task _gate;
        private readonly TaskCompletionSource _half = new();

        public SlowContent(byte[] all, Task gate)
        {
            (_all, _gate) = (all, gate);
            Headers.TryAddWithoutValidation("Content-Type", Tus.ContentType);
        }

        public Task HalfSent => _half.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_all.AsMemory(0, _all.Length / 2));
            await stream.FlushAsync();
            _half.SetResult();
            await _gate;
            await stream.WriteAsync(_all.AsMemory(_all.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _all.Length;
            return true;
        }
    }
}

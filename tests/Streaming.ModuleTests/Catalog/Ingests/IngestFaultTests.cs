using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Streaming.Catalog;
using Streaming.Catalog.Ingests;
using Streaming.Catalog.Media;
using Streaming.Kernel;
using Streaming.ModuleTests.Catalog.Media;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Outbox;

namespace Streaming.ModuleTests.Catalog.Ingests;

/// <summary>What can go wrong on the way, with real encodes.</summary>
[TestFixture(Engine.Sqlite), TestFixture(Engine.Postgres)]
internal sealed class IngestFaultTests(Engine engine) : IDisposable
{
    private readonly Clips _clips = new();
    private TestDatabase _database = null!;
    private IngestHost _host = null!;
    private int _films;

    public void Dispose() => _clips.Dispose();

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.Create(engine);
        _host = await IngestHost.Start(_database, settings: new Dictionary<string, string?> { ["catalog:ingest:parallel"] = "2" });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [SetUp]
    public void Reset()
    {
        (_host.Store.Free, _host.Store.BeforeCommit, _host.Store.AfterCommit) = (null, null, null);
        _host.Store.Committed.Clear();
    }

    [Test]
    public async Task The_same_file_twice_at_once_is_encoded_once_and_both_titles_play_it()
    {
        var film = await Film();
        var (one, two) = (await _host.Upload(film, publish: true, title: "One"), await _host.Upload(film, publish: true, title: "Two"));
        await Task.WhenAll(_host.Worker.Work(CancellationToken.None), _host.Worker.Work(CancellationToken.None));
        await Settle();

        var (first, second) = (await _host.View(one), await _host.View(two));
        Assert.That((first.State, second.State), Is.EqualTo(("ready", "ready")));
        var playable = (await Play(first.TitleId), await Play(second.TitleId));
        Assert.That(playable.Item2.AssetId, Is.EqualTo(playable.Item1.AssetId));
        Assert.That(_host.Store.Committed.Where(k => k.EndsWith(".m4s", StringComparison.Ordinal)), Is.Unique);

        var later = await _host.Upload(film, publish: true, title: "Three");
        var before = _host.Store.Committed.Count(k => k.EndsWith(".m4s", StringComparison.Ordinal));
        await _host.Worker.Work(CancellationToken.None);
        var third = await _host.View(later);
        Assert.That((await Play(third.TitleId)).AssetId, Is.EqualTo(playable.Item1.AssetId));
        foreach (var view in new[] { first, second, third })
            Assert.That(view.Poster, Does.StartWith($"/artwork/{view.TitleId}/"), "each title has the picture, whoever encoded it");
        Assert.That(_host.Store.Committed.Count(k => k.EndsWith(".m4s", StringComparison.Ordinal)), Is.EqualTo(before));
    }

    [Test]
    public async Task One_that_was_stopped_and_whose_encode_another_took_over_waits_for_it_when_it_is_retried()
    {
        var film = await Film();
        var stopped = await _host.Upload(film, publish: true, title: "Stopped");
        _host.Store.AfterCommit = _ => _host.Send(new ActOnIngest.Command(stopped, ActOnIngest.Act.Cancel));
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(stopped)).State, Is.EqualTo("cancelled"));

        var other = await _host.Upload(film, publish: true, title: "Other");
        Task? again = null;
        _host.Store.AfterCommit = async key =>
        {
            if (again is not null || !key.EndsWith(".m4s", StringComparison.Ordinal)) return;
            again = Task.CompletedTask;
            Assert.That((await _host.Send(new ActOnIngest.Command(stopped, ActOnIngest.Act.Retry))).Error, Is.Null);
            again = _host.Worker.Work(CancellationToken.None);
        };
        await _host.Worker.Work(CancellationToken.None);
        await again!;
        await Settle();

        Assert.That(((await _host.View(stopped)).State, (await _host.View(other)).State), Is.EqualTo(("ready", "ready")));
        Assert.That(_host.Store.Committed.Where(k => k.EndsWith(".m4s", StringComparison.Ordinal)), Is.Unique);
        Assert.That((await _host.Row(stopped)).AssetId, Is.EqualTo((await _host.Row(other)).AssetId));
    }

    [Test]
    public async Task A_waiting_file_gets_its_first_quality_before_another_gets_its_better_ones()
    {
        var (one, two) = (await _host.Upload(await Film()), await _host.Upload(await Film()));
        await _host.Worker.Work(CancellationToken.None);
        var assets = (await _host.Row(one), await _host.Row(two));
        var order = _host.Store.Committed.Where(k => k.EndsWith("/init.mp4", StringComparison.Ordinal) && k.Contains("/v", StringComparison.Ordinal))
            .Select(k => $"{(k.StartsWith($"{assets.Item1.AssetId:N}", StringComparison.Ordinal) ? 1 : 2)}{k.Split('/')[2]}");
        Assert.That(order, Is.EqualTo(new[] { "1v240", "2v240", "1v360", "2v360" }));
    }

    [TestCase("empty.mp4", "", "empty-file")]
    [TestCase("list.m3u8", "#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1/secret\n", "playlist-refused")]
    [TestCase("letter.mp4", "Dear reader, this is no film.", "not-media")]
    public async Task What_is_no_film_is_rejected_with_the_reason_and_leaves_no_title(string name, string content, string code)
    {
        await File.WriteAllTextAsync(_clips.PathOf(name), content);
        var id = await _host.Upload(_clips.PathOf(name), publish: true);
        await _host.Worker.Work(CancellationToken.None);
        var view = await _host.View(id);
        Assert.That((view.State, view.Failure?.Code, view.Failure?.Retryable), Is.EqualTo(("rejected", code, false)));
        Assert.That(view.Failure!.Message, Does.EndWith("."));
        Assert.That(view.Actions, Is.Empty);
        Assert.That((await _host.Send(new GetTitle(view.TitleId))).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That(File.Exists(SourceOf(id)), Is.False);
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task A_probe_that_takes_too_long_is_no_verdict_on_the_file_and_can_be_retried()
    {
        var never = _clips.Script("never-ffprobe", "exec sleep 60");
        Guid id;
        await using (var busy = await IngestHost.Start(_database, settings: new Dictionary<string, string?>
        {
            ["catalog:ffmpeg:ffprobe"] = never,
            ["catalog:ffmpeg:probeTimeout"] = "00:00:00.2",
        }))
        {
            id = await busy.Upload(await Film(), publish: true);
            await busy.Worker.Work(CancellationToken.None);
        }

        var view = await _host.View(id);
        Assert.That((view.State, view.Failure?.Code, view.Failure?.Retryable), Is.EqualTo(("failed", "probe-timeout", true)));
        Assert.That(view.Actions, Does.Contain("retry"));
        Assert.That(File.Exists(SourceOf(id)), "the file is still what was sent");

        Assert.That((await _host.Send(new ActOnIngest.Command(id, ActOnIngest.Act.Retry))).Error, Is.Null);
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task A_probe_that_somebody_kills_is_no_verdict_either()
    {
        var killed = _clips.Script("killed-ffprobe", "kill -9 $$");
        await using var host = await IngestHost.Start(_database, settings: new Dictionary<string, string?> { ["catalog:ffmpeg:ffprobe"] = killed });
        var id = await host.Upload(await Film(), publish: true);
        await host.Worker.Work(CancellationToken.None);

        var view = await host.View(id);
        Assert.That((view.State, view.Failure?.Code, view.Failure?.Retryable), Is.EqualTo(("failed", "encoder-failed", true)));
        Assert.That(File.Exists(SourceOf(id)));
    }

    [Test]
    public async Task A_truncated_source_fails_and_can_be_published_as_it_is()
    {
        var film = await _clips.MakeAsync("whole.mp4", [.. Clips.Picture("160x90", "24", 12), .. Clips.Quick, "-g", "24", "-movflags", "+faststart"]);
        await using (var file = File.OpenWrite(film)) file.SetLength(file.Length * 6 / 10);
        var id = await _host.Upload(film, publish: true);
        await _host.Worker.Work(CancellationToken.None);
        var view = await _host.View(id);
        Assert.That((view.State, view.Failure?.Code), Is.EqualTo(("failed", "truncated-source")));
        Assert.That(view.Actions, Is.EqualTo(new[] { "publish-anyway" }));

        using var answer = await _host.Client.PostAsync($"/api/catalog/ingests/{id}/publish-anyway", null);
        Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"), (await _host.View(id)).Failure?.Message);
        var playable = await Play(view.TitleId);
        var presentation = await _host.Presentation(id);
        Assert.That(playable.DurationSeconds, Is.InRange(4, 9));
        Assert.That((playable.Revision, presentation.Complete), Is.EqualTo((2, true)));
        Assert.That(presentation.Video[0].Segments.Sum(s => s.Duration) / (double)presentation.Video[0].Timescale, Is.EqualTo(playable.DurationSeconds).Within(0.5));
    }

    [Test]
    public async Task What_fails_before_its_base_is_whole_is_hidden_again_and_shown_once_it_is()
    {
        var film = await _clips.MakeAsync("fails.mp4", [.. Clips.Picture("160x90", "24", 13), .. Clips.Quick, "-g", "24"]);
        var id = await _host.Upload(film, publish: true);
        _host.Store.BeforeCommit = key =>
        {
            if (!key.EndsWith("/00002.m4s", StringComparison.Ordinal) || !key.Contains("/v", StringComparison.Ordinal)) return;
            throw new InvalidOperationException("a fault of the test");
        };
        await _host.Worker.Work(CancellationToken.None);
        _host.Store.BeforeCommit = null;

        var failed = await _host.View(id);
        Assert.That(failed.State, Is.EqualTo("failed"));
        Assert.That(await _host.Db(db => db.Set<OutboxMessage>().CountAsync(m => m.Type.EndsWith(nameof(TitleUnpublished)) && m.Body.Contains(failed.TitleId.ToString()))), Is.EqualTo(1), "it had been shown");
        Assert.That((await _host.Send(new GetTitle(failed.TitleId))).Value.Card.State, Is.EqualTo("draft"));

        using var answer = await _host.Client.PostAsync($"/api/catalog/ingests/{id}/retry", null);
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"));
        Assert.That((await _host.Send(new GetTitle(failed.TitleId))).Value.Card.State, Is.EqualTo("published"));
    }

    [Test]
    public async Task A_full_disk_pauses_the_work_which_goes_on_by_itself_after_the_last_good_segment()
    {
        var id = await _host.Upload(await Film());
        _host.Store.BeforeCommit = key =>
        {
            if (!key.EndsWith("v240/00001.m4s", StringComparison.Ordinal)) return;
            _host.Store.Free = 1000;
            throw new IOException("No space left on device", 28);
        };
        await _host.Worker.Work(CancellationToken.None);
        var view = await _host.View(id);
        Assert.That((view.State, view.Failure?.Code), Is.EqualTo(("paused", "disk-low")));
        _host.Store.BeforeCommit = null;
        await _host.Watch.Pass(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("paused"), "there is no room yet");

        _host.Store.Free = null;
        await _host.Watch.Pass(CancellationToken.None);
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"));
        Assert.That(_host.Store.Committed.Count(k => k.EndsWith("v240/00000.m4s", StringComparison.Ordinal)), Is.EqualTo(1));
        await IsWhole(id);
    }

    [Test]
    public async Task Below_the_reserve_the_encoder_is_stopped_before_the_disk_is_full()
    {
        var id = await _host.Upload(await Film(seconds: 60));
        _host.Store.AfterCommit = _ =>
        {
            _host.Store.Free = 1000;
            return Task.CompletedTask;
        };
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).Failure?.Code, Is.EqualTo("disk-low"));
        Assert.That((await _host.Row(id)).Owner, Is.Null);
        await Delete(id);
    }

    [Test]
    public async Task Cancelling_ends_the_encoder_and_a_retry_goes_on_where_it_was()
    {
        var id = await _host.Upload(await Film());
        int? encoder = null;
        _host.Store.AfterCommit = async key =>
        {
            if (!key.EndsWith("v240/00000.m4s", StringComparison.Ordinal)) return;
            encoder = (await _host.Row(id)).ProcessId;
            Assert.That((await _host.Send(new ActOnIngest.Command(id, ActOnIngest.Act.Cancel))).Error, Is.Null);
        };
        await _host.Worker.Work(CancellationToken.None);
        var view = await _host.View(id);
        Assert.That((view.State, view.Actions.Contains("retry")), Is.EqualTo(("cancelled", true)));
        Assert.That(encoder, Is.Not.Null);
        Assert.That(() => System.Diagnostics.Process.GetProcessById(encoder!.Value), Throws.ArgumentException);
        Assert.That((await _host.Presentation(id)).Video, Is.Empty, "what is unfinished and stays so is not listed");

        _host.Store.AfterCommit = null;
        Assert.That((await _host.Send(new ActOnIngest.Command(id, ActOnIngest.Act.Retry))).Error, Is.Null);
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"));
        await IsWhole(id);
    }

    [Test]
    public async Task A_rung_can_be_left_out_and_an_ingest_deleted_with_all_it_has()
    {
        var id = await _host.Upload(await Film());
        _host.Store.AfterCommit = async key =>
        {
            if (key.EndsWith("v360/00000.m4s", StringComparison.Ordinal))
                Assert.That((await _host.Send(new ActOnIngest.Command(id, ActOnIngest.Act.DropRung))).Error, Is.Null);
        };
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"));
        Assert.That((await _host.Presentation(id)).Video.Select(v => v.Name), Is.EqualTo(new[] { "v240" }));
        var asset = (await _host.Row(id)).AssetId!.Value;
        Assert.That(await Keys(asset), Has.None.Contains("v360"));

        var title = (await _host.View(id)).TitleId;
        await Delete(id);
        Assert.That((await _host.Send(new GetIngest(id))).Error?.Kind, Is.EqualTo(ErrorKind.NotFound));
        Assert.That((await _host.Send(new GetPlayable(title))).Error, Is.Null, "its title plays on");
    }

    [Test]
    public async Task After_a_crash_a_new_host_ends_the_orphan_deletes_what_has_no_row_and_goes_on_at_the_next_segment()
    {
        var film = await Film(seconds: 18);
        var id = await _host.Upload(film, publish: true);
        using var crash = new CancellationTokenSource();
        _host.Store.AfterCommit = key => key.EndsWith("v240/00002.m4s", StringComparison.Ordinal) ? crash.CancelAsync() : Task.CompletedTask;
        Assert.That(async () => await _host.Worker.Work(crash.Token), Throws.InstanceOf<OperationCanceledException>());
        var row = await _host.Row(id);
        Assert.That(row.State, Is.EqualTo(IngestState.EncodingBase));

        // As kill -9 leaves it: an owner that is no more, its encoder still running, a file moved into place without its row, scraps.
        await using var orphan = FfmpegProcess.Start("ffmpeg", ["-nostdin", "-v", "error", "-re", .. Clips.Picture("64x64", "10", 600), "-f", "null", "-"]).Value;
        await _host.Db(db => db.Ingests.Where(i => i.Id == id).ExecuteUpdateAsync(set => set
            .SetProperty(i => i.Owner, $"{Environment.MachineName}/2147483646/1/x").SetProperty(i => i.LeaseUntil, DateTimeOffset.UnixEpoch.AddYears(100))
            .SetProperty(i => i.ProcessId, orphan.Id).SetProperty(i => i.ProcessStartedAt, orphan.StartedAt)));
        var committed = await _host.Db(db => db.Segments.Where(s => db.Renditions.Any(r => r.Id == s.RenditionId && r.AssetId == row.AssetId && r.Name == "v240")).CountAsync());
        Assert.That(committed, Is.InRange(2, 3));
        var stray = MediaKeys.Segment(row.AssetId!.Value, 1, "v240", 9);
        await File.WriteAllTextAsync(_clips.PathOf("stray"), "half a segment");
        await _host.Store.Commit(stray, _clips.PathOf("stray"), CancellationToken.None);
        await File.WriteAllTextAsync(SourceOf(Guid.CreateVersion7()), "a file that no row knows");
        Directory.CreateDirectory(Path.Combine(_database.Folder, "work", $"{id:N}"));
        await _host.DisposeAsync();

        _host = await IngestHost.Start(_database, settings: new Dictionary<string, string?> { ["catalog:ingest:parallel"] = "2" });
        await _host.Watch.ClearUp(CancellationToken.None);
        await orphan.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.That(Directory.GetFiles(Path.Combine(_database.Folder, "uploads")).Count(f => f.EndsWith($"{id:N}", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(await _host.Watch.Pass(CancellationToken.None), Is.True);
        await _host.Worker.Work(CancellationToken.None);

        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"), (await _host.View(id)).Failure?.Message);
        Assert.That(await _host.Store.Size(stray, default), Is.Null, "whoever goes on with it deletes what has no row");
        Assert.That(_host.Store.Committed.Where(k => k.Contains("/v240/", StringComparison.Ordinal)).Select(k => k[^9..^4]),
            Is.EqualTo(Enumerable.Range(committed, 5 - committed).Select(n => $"{n:00000}")), "only what was missing");
        await IsWhole(id);
        Assert.That((await Play((await _host.View(id)).TitleId)).Complete);
    }

    [Test]
    [Platform("Linux")]
    public async Task The_poster_takes_only_what_the_encode_beside_it_leaves()
    {
        var log = _clips.PathOf("runs");
        // The priority is lowered just after the start.
        var watched = _clips.Script(
            "watched-ffmpeg", $"for i in 1 2 3 4 5 6 7 8 9 10; do [ $(nice) -ge 10 ] && break; sleep 0.1; done\necho \"$(nice) $*\" >>'{log}'\nexec ffmpeg \"$@\"");
        await using var host = await IngestHost.Start(_database, settings: new Dictionary<string, string?> { ["catalog:ffmpeg:ffmpeg"] = watched });
        var id = await host.Upload(await Film());
        await host.Worker.Work(CancellationToken.None);
        Assert.That((await host.View(id)).State, Is.EqualTo("ready"));

        var runs = (await File.ReadAllLinesAsync(log)).Select(line => line.Split(' ', 2)).Select(run => (Nice: int.Parse(run[0], CultureInfo.InvariantCulture), Arguments: run[1])).ToList();
        var encodes = runs.Where(r => r.Arguments.Contains(" -f hls ", StringComparison.Ordinal)).ToList();
        var posters = runs.Where(r => r.Arguments.Contains("thumbnail=", StringComparison.Ordinal) || r.Arguments.Contains("jpeg_pipe", StringComparison.Ordinal)).ToList();
        Assert.That(encodes, Has.Count.EqualTo(2));
        Assert.That(posters, Has.Count.EqualTo(2));
        Assert.That(posters.Min(r => r.Nice), Is.GreaterThan(encodes.Max(r => r.Nice)), "19 is the humblest");
        Assert.That(posters[0].Arguments, Does.Match("-threads 1 .*-ss .* -i "), "one thread, and what lies before is not decoded");
    }

    [Test]
    public async Task A_host_that_starts_leaves_alone_what_another_one_is_writing()
    {
        await using var other = await IngestHost.Start(_database);
        var id = await _host.Upload(await Film());
        // Between a segment's file and its row.
        _host.Store.AfterCommit = key => key.EndsWith("/00001.m4s", StringComparison.Ordinal) ? other.Watch.ClearUp(CancellationToken.None) : Task.CompletedTask;
        await _host.Worker.Work(CancellationToken.None);
        Assert.That((await _host.View(id)).State, Is.EqualTo("ready"), (await _host.View(id)).Failure?.Message);
        await IsWhole(id);
    }

    [Test]
    public async Task In_the_background_it_works_by_itself_and_tells_every_step_to_whoever_follows()
    {
        await using var host = await IngestHost.Start(_database, byHand: false);
        var id = await host.Upload(await Film());
        using var stream = new StreamReader(await host.Client.GetStreamAsync($"/api/catalog/ingests/{id}/events"));
        var (states, progress) = (new List<string>(), new List<double>());
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (await stream.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var view = JsonDocument.Parse(line[6..]).RootElement;
            states.Add(view.GetProperty("state").GetString()!);
            progress.Add(view.GetProperty("progress").GetDouble());
        }

        Assert.That(states[^1], Is.EqualTo("ready"));
        Assert.That(progress, Is.Ordered);
        Assert.That(states, Has.Count.LessThanOrEqualTo((clock.Elapsed.TotalSeconds * 4) + 2));
        using var all = await host.Client.GetAsync($"/api/catalog/ingests/{Guid.NewGuid()}/events");
        Assert.That((int)all.StatusCode, Is.EqualTo(404));
    }

    private async Task<string> Film(double seconds = 9)
    {
        var n = ++_films;
        return await _clips.MakeAsync(
            $"film{n}.mp4", [.. Clips.Picture("640x360", "24", seconds), .. Clips.Tone(seconds, hertz: 300 + n), "-map", "0", "-map", "1", .. Clips.Quick, "-c:a", "aac"]);
    }

    private async Task<Playable> Play(Guid title)
    {
        var playable = await _host.Send(new GetPlayable(title), Caller.Anonymous);
        Assert.That(playable.Error, Is.Null);
        return playable.Value;
    }

    private async Task Settle()
    {
        while (await _host.Watch.Pass(CancellationToken.None)) await _host.Worker.Work(CancellationToken.None);
    }

    private async Task Delete(Guid id)
    {
        using var answer = await _host.Client.DeleteAsync($"/api/catalog/ingests/{id}");
        Assert.That((int)answer.StatusCode, Is.EqualTo(202));
        await _host.Worker.Work(CancellationToken.None);
        Assert.That(File.Exists(SourceOf(id)), Is.False);
    }

    private async Task IsWhole(Guid id)
    {
        var presentation = await _host.Presentation(id);
        Assert.That(presentation.Complete);
        Assert.That(presentation.Video.Select(v => v.Name), Is.EqualTo(new[] { "v240", "v360" }));
        foreach (var (name, timescale, segments) in presentation.Video.Select(v => (v.Name, v.Timescale, v.Segments))
            .Concat(presentation.Audio.Select(a => (a.Name, a.Timescale, a.Segments))))
        {
            foreach (var segment in segments)
                Assert.That(
                    await _host.Store.Size(MediaKeys.Segment(presentation.AssetId, presentation.Revision, name, segment.Number), default), Is.EqualTo(segment.SizeBytes));
            Assert.That(segments.Select(s => s.Number), Is.EqualTo(Enumerable.Range(0, segments.Count)));
            for (var i = 1; i < segments.Count; i++) Assert.That(segments[i].Start, Is.EqualTo(segments[i - 1].Start + segments[i - 1].Duration));
            Assert.That(segments.Sum(s => s.Duration) / (double)timescale, Is.EqualTo(presentation.DurationSeconds).Within(0.1));
        }
    }

    private async Task<List<string>> Keys(Guid asset)
    {
        var keys = new List<string>();
        await foreach (var key in _host.Store.List($"{asset:N}", default)) keys.Add(key);
        return keys;
    }

    private string SourceOf(Guid id) => Path.Combine(_database.Folder, "uploads", id.ToString("N"));
}

using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;

namespace Streaming.ModuleTests.Platform;

/// <summary>Calls that must write while somebody else holds SQLite's write lock.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteLockTests : IAsyncDisposable
{
    private ModuleHost _host = null!;
    private SqliteConnection _other = null!;

    [SetUp]
    public async Task Hold()
    {
        (_host, _) = await Sample.Start(Engine.Sqlite, DialMode.InProcess);
        _other = new SqliteConnection($"Data Source={Path.Combine(_host.Folder, "sample.db")};Pooling=False");
        await _other.OpenAsync();
        await Execute("BEGIN IMMEDIATE");
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Test, CancelAfter(30_000)]
    public async Task A_call_is_released_by_its_deadline(CancellationToken ct)
    {
        var call = Task.Run(() => _host.Send(new Sample.WriteBriefly(Guid.CreateVersion7())), ct);
        await Task.Delay(300, ct);
        Assert.That(call.IsCompleted, Is.False, "it waits for the lock");
        _host.Clock.Advance(TimeSpan.FromMilliseconds(301));

        Assert.That((await call.WaitAsync(TimeSpan.FromSeconds(2), ct)).Error?.Kind, Is.EqualTo(ErrorKind.Deadline));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_wait_ends_before_the_deadline_with_what_to_do(CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        var refused = await Task.Run(() => _host.Send(new Sample.WriteSoon(Guid.CreateVersion7())), ct).WaitAsync(ct);

        Assert.That((refused.Error?.Kind, refused.Error?.Code), Is.EqualTo((ErrorKind.Unavailable, "storage-busy")));
        Assert.That(refused.Error?.Message, Does.Contain("nothing was changed").And.Contain("Try again"));
        Assert.That(Stopwatch.GetElapsedTime(since).TotalSeconds, Is.InRange(0.9, 2));
    }

    [Test, CancelAfter(30_000)]
    public async Task Without_a_deadline_the_wait_ends_too(CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        var refused = await Task.Run(
            () => _host.With<Sample.SampleDbContext, Exception?>(async db =>
            {
                db.Notes.Add(new Sample.Note { Id = Guid.CreateVersion7(), Text = "never" });
                try
                {
                    await db.SaveChangesAsync(ct);
                    return null;
                }
                catch (DbUpdateException failure)
                {
                    return failure.InnerException;
                }
            }), ct);

        Assert.That((refused as SqliteException)?.SqliteErrorCode, Is.EqualTo(5));
        Assert.That(Stopwatch.GetElapsedTime(since).TotalSeconds, Is.LessThan(10));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_lock_that_is_released_in_time_costs_only_the_wait(CancellationToken ct)
    {
        var order = new Sample.WriteSoon(Guid.CreateVersion7());
        var call = Task.Run(() => _host.Send(order), ct);
        await Task.Delay(300, ct);
        await Execute("COMMIT");
        Assert.That((await call.WaitAsync(ct)).Value.Text, Is.EqualTo("soon"));
    }

    private async Task Execute(string sql)
    {
        await using var command = _other.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

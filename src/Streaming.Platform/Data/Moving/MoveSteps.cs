using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Streaming.Platform.Dial.Decisions;

namespace Streaming.Platform.Data.Moving;

/// <summary>
/// The steps of a move, each from what the row says to what it says next. At every moment at most one side has no fence: the target gets
/// its own before the first row, the source one before the target's is lowered, and the other way round on the way back.
/// </summary>
internal sealed class MoveSteps(IServiceScopeFactory scopes, IEnumerable<ModuleData> modules, DataMoves moves, DataOptions data, TimeProvider clock)
{
    /// <summary>How long nobody can write at most; where it would take longer everything is as before, and it is tried again.</summary>
    private static readonly TimeSpan _fenceMost = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _writersMost = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan _followed = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _announced = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _copied = TimeSpan.FromMilliseconds(250);

    /// <summary>What the log may keep for a side that does not follow, before a move that has not changed sides is given up.</summary>
    private const long RetainedMost = 8L << 30;

    /// <returns>What the row says now; the same where there is nothing to do, null where somebody else has changed it.</returns>
    public async Task<DataMove?> Step(DataMove move, NpgsqlConnection source, CancellationToken ct)
    {
        var (schema, to) = (ModuleDbContext.Schema(move.Module), moves.Open(move));
        var (forth, back) = (Names(schema, "forth"), Names(schema, "back"));
        await using var target = move.Phase is MovePhase.Aborting ? await Reached(to, ct) : await Side.Open(to, ct);
        switch (move.Phase)
        {
            case MovePhase.Preparing:
                await MakeTables(move.Module, to, ct);
                await Fence.Raise(target!, schema, _writersMost, ct);
                return await moves.Advance(move, MovePhase.Copying, "the tables are made", ct);

            case MovePhase.Copying:
                await Side.Publish(source, forth, schema, ct);
                await Side.MakeSlot(source, forth, ct);
                await Side.Subscribe(target!, forth, data.Postgres!, forth, forth, copies: true, ct);
                if (await Side.Uncopied(target!, forth, ct) > 0)
                {
                    await Task.Delay(_copied, clock, ct);
                    return await Side.Retained(source, forth, ct) > RetainedMost ? await moves.Advance(move, MovePhase.Aborting, "the target does not follow, and the log has grown too long", ct) : await Again(move, ct);
                }

                return await moves.Advance(move, MovePhase.Verifying, "the rows are copied, and changes follow", ct);

            case MovePhase.Verifying:
                var (rows, different) = await Comparison.Of(source, target!, schema, TimeSpan.FromMilliseconds(300), looks: 20, ct);
                if (different.Count > 0) return await moves.Advance(move, MovePhase.Verifying, $"these differ, and are compared again: {string.Join(", ", different)}", ct, verified: rows);
                await Side.Publish(target!, back, schema, ct);
                return await moves.Advance(move, MovePhase.Announced, $"{rows} rows are the same on both sides", ct, verified: rows);

            case MovePhase.Announced:
                await Followed(move.Epoch, _announced, ct);
                return await moves.Advance(move, MovePhase.Fencing, "nobody writes for a moment", ct);

            case MovePhase.Fencing:
                return await Change(move, schema, source, target!, forth, back, MovePhase.Moved, MovePhase.Announced, ct);

            case MovePhase.Moved:
                // Also after a crash: it follows back, and nothing of the way there is left.
                await Side.Unsubscribe(target!, forth, ct);
                await Side.DropSlot(source, forth, ct);
                await Side.Subscribe(source, back, to, back, back, copies: false, ct);
                return move;

            case MovePhase.BackAnnounced:
                await Side.Subscribe(source, back, to, back, back, copies: false, ct);
                await Followed(move.Epoch, _announced, ct);
                return await moves.Advance(move, MovePhase.BackFencing, "nobody writes for a moment", ct);

            case MovePhase.BackFencing:
                return await Change(move, schema, target!, source, back, null, MovePhase.Returned, MovePhase.BackAnnounced, ct);

            case MovePhase.Returned:
                await Clear(schema, source, target, forth, back, ct);
                return await moves.Advance(move, MovePhase.Aborted, "the rows are back where they were", ct);

            case MovePhase.Aborting:
                await Fence.Lower(source, schema, ct);
                await Clear(schema, source, target, forth, back, ct);
                return await moves.Advance(move, MovePhase.Aborted, $"{move.Message}; the rows are where they were", ct);

            case MovePhase.Completing:
                await Side.Unsubscribe(source, back, ct);
                await Side.DropSlot(target!, back, ct);
                await Side.Run(target!, $"DROP PUBLICATION IF EXISTS {back}", ct);
                await Side.Run(source, $"DROP PUBLICATION IF EXISTS {forth}; DROP SCHEMA IF EXISTS {schema} CASCADE", ct);
                return await moves.Advance(move, MovePhase.Completed, "the rows are there alone", ct);

            default:
                return move;
        }
    }

    /// <summary>Says in the row why it does not go on; before the fence that is all there is to do.</summary>
    public async Task Trouble(DataMove move, Exception failure, CancellationToken ct)
    {
        if (move.Message != failure.Message) await moves.Advance(move, move.Phase, failure.Message, ct);
    }

    /// <summary>
    /// Changes the sides. The one that leads is fenced, the other follows up to its last change, and only then the other is opened. Where that
    /// takes too long the leading one is opened again and all is as before. After a crash in the middle the fences tell what had been done.
    /// </summary>
    private async Task<DataMove?> Change(
        DataMove move, string schema, NpgsqlConnection leading, NpgsqlConnection other, string slot, string? reverse, MovePhase done, MovePhase before, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        if (await Fence.IsUp(other, schema, ct))
        {
            await Followed(move.Epoch, _followed, ct);
            try
            {
                await Fence.Raise(leading, schema, _writersMost, ct);
                for (var end = await Side.Position(leading, ct); await Side.Confirmed(leading, slot, ct) < end; await Task.Delay(TimeSpan.FromMilliseconds(5), clock, ct))
                    if (clock.GetElapsedTime(began) > _fenceMost) throw new TimeoutException("the other side does not follow in time");
            }
            catch (Exception failure) when (failure is TimeoutException or PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                await Fence.Lower(leading, schema, ct);
                return await moves.Advance(move, before, $"it took too long ({failure.Message}), so all is as before; it is tried again", ct);
            }

            foreach (var sequence in await Side.Sequences(leading, schema, ct)) await Side.Run(other, sequence, ct);
            // Nothing that is written there from now on is missed on the way back.
            if (reverse is not null) await Side.MakeSlot(other, reverse, ct);
            await Fence.Lower(other, schema, ct);
        }

        var took = clock.GetElapsedTime(began).TotalMilliseconds;
        return await moves.Advance(move, done, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"nobody could write for {took:0} ms"), ct, fenceMs: Math.Round(took, 1));
    }

    private static async Task Clear(string schema, NpgsqlConnection source, NpgsqlConnection? target, string forth, string back, CancellationToken ct)
    {
        await Side.Unsubscribe(source, back, ct);
        if (target is not null)
        {
            await Side.Unsubscribe(target, forth, ct);
            await Side.DropSlot(target, back, ct);
            await Side.Run(target, $"DROP PUBLICATION IF EXISTS {back}; DROP SCHEMA IF EXISTS {schema} CASCADE", ct);
        }

        await Side.DropSlot(source, forth, ct);
        await Side.DropCopySlots(source, ct);
        await Side.Run(source, $"DROP PUBLICATION IF EXISTS {forth}", ct);
    }

    /// <summary>By this version's own migrations: both sides have the same tables, and the target can go on with the next version's.</summary>
    private async Task MakeTables(string module, string to, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(modules.Single(m => m.Module == module).Context);
        context.IsDirect = true;
        context.Database.SetConnectionString(to);
        await context.Database.MigrateAsync(ct);
    }

    /// <summary>Waits until every process says that it follows, or long enough: the fence holds without them.</summary>
    private async Task Followed(long epoch, TimeSpan most, CancellationToken ct)
    {
        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < most; await Task.Delay(TimeSpan.FromMilliseconds(10), clock, ct))
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<DialDbContext>().Processes.AllAsync(p => p.DataEpoch >= epoch, ct)) return;
        }
    }

    private static async Task<DataMove?> Again(DataMove move, CancellationToken ct)
    {
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        return move;
    }

    private static async Task<NpgsqlConnection?> Reached(string to, CancellationToken ct)
    {
        try
        {
            return await Side.Open(to, ct);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>A slot, and what is published and subscribed to through it, has the same name.</summary>
    public static string Names(string schema, string way) => $"streaming_{schema}_{way}";
}

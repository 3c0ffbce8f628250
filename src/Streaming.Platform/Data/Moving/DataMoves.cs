using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Streaming.Kernel;
using Streaming.Platform.Dial.Decisions;

namespace Streaming.Platform.Data.Moving;

/// <summary>How a module's move stands.</summary>
/// <param name="Module">The module.</param>
/// <param name="Epoch">Grows with every change.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Target">Where to, without a password.</param>
/// <param name="By">Who has asked for it.</param>
/// <param name="Message">What has been done, or why it does not go on.</param>
/// <param name="FenceMs">How long nobody could write when the sides were changed last, in milliseconds; null before.</param>
/// <param name="Verified">How many rows were the same on both sides; null before they were compared.</param>
/// <param name="RetainedBytes">Bytes of the log that the leading side keeps for the other; null where that is not known.</param>
/// <param name="At">When it last changed.</param>
public sealed record DataMoveReport(
    string Module, long Epoch, MovePhase Phase, string Target, string By, string Message, double? FenceMs, long? Verified, long? RetainedBytes, DateTimeOffset At);

/// <summary>Begins, turns back and ends moves of modules' rows to databases of their own. Hosts carry them out, whichever has the lead.</summary>
public sealed class DataMoves
{
    private const string Purpose = "streaming.data-moves";

    private readonly IServiceScopeFactory _scopes;
    private readonly DataOptions _data;
    private readonly IDataProtector _protector;
    private readonly TimeProvider _clock;

    /// <summary>On the installation's database.</summary>
    public DataMoves(IServiceScopeFactory scopes, DataOptions data, IDataProtectionProvider protection, TimeProvider clock) =>
        (_scopes, _data, _protector, _clock) = (scopes, data, protection.CreateProtector(Purpose), clock);

    /// <summary>All that there are, also those that are over.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<DataMoveReport>> List(CancellationToken cancellationToken)
    {
        if (_data.Postgres is null) return [];
        var reports = new List<DataMoveReport>();
        foreach (var m in await Rows(cancellationToken))
            reports.Add(new DataMoveReport(
                m.Module, m.Epoch, m.Phase, new NpgsqlConnectionStringBuilder(Open(m)) { Password = null }.ConnectionString, m.By, m.Message, m.FenceMs, m.Verified, await Retained(m, cancellationToken), m.At));
        return reports;
    }

    /// <summary>Begins to move a module's rows, after a look at whether that can go well.</summary>
    /// <param name="module">Which.</param>
    /// <param name="target">The connection string of an empty PostgreSQL database.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The epoch; or what is in the way.</returns>
    public async Task<Result<long>> Begin(string module, string target, string by, CancellationToken cancellationToken)
    {
        if (_data.Postgres is null) return Error.Conflict("needs-postgres", "With SQLite each module has a file of its own already. Rows are moved from PostgreSQL to PostgreSQL.");
        if (_data.HasSeveralServers) return Error.Conflict("several-servers", "Rows cannot be moved while data:servers names several servers: sessions' positions are those of one log. Take data:servers out first.");
        if ((await Rows(cancellationToken)).FirstOrDefault(m => m.Module == module) is { Phase: not MovePhase.Aborted } row) return Error.Conflict("move-state", Begun(row));
        if (await Preflight.Look(_data.Postgres, target, ModuleDbContext.Schema(module), cancellationToken) is { } obstacle) return obstacle;
        var sealedTarget = _protector.Protect(target);
        return await Change(module, row => row is null or { Phase: MovePhase.Aborted } ? null : Begun(row),
            row => (row.Phase, row.Target, row.By, row.Message, row.FenceMs, row.Verified) = (MovePhase.Preparing, sealedTarget, by, "", null, null), cancellationToken, () => new DataMove { Module = module, Target = sealedTarget, By = by });
    }

    /// <summary>Turns a move back that has come to its end: the rows come home with all that has changed.</summary>
    /// <param name="module">Which.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<long>> Back(string module, string by, CancellationToken cancellationToken) =>
        Change(module, row => row is { Phase: MovePhase.Moved } ? null : $"Rows of {module} can be brought back while they are moved and not completed; now that is: {row?.Phase.ToString() ?? "never moved"}.",
            row => (row.Phase, row.By, row.Message) = (MovePhase.BackAnnounced, by, ""), cancellationToken);

    /// <summary>Takes away what could undo it, and the old tables.</summary>
    /// <param name="module">Which.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<long>> Complete(string module, string by, CancellationToken cancellationToken) =>
        Change(module, row => row is { Phase: MovePhase.Moved } ? null : $"A move can be completed once the rows are moved; now that is: {row?.Phase.ToString() ?? "never moved"}.",
            row => (row.Phase, row.By, row.Message) = (MovePhase.Completing, by, ""), cancellationToken);

    /// <summary>Gives a move up that has not come to its end.</summary>
    /// <param name="module">Which.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<long>> Abort(string module, string by, CancellationToken cancellationToken) =>
        Change(module, row => row is { Phase: MovePhase.Preparing or MovePhase.Copying or MovePhase.Verifying or MovePhase.Announced } ? null
                : $"A move can be given up before the sides are changed; now that is: {row?.Phase.ToString() ?? "never moved"}. Once it is moved, bring it back: streaming move-data {module} --back",
            row => (row.Phase, row.By, row.Message) = (MovePhase.Aborting, by, "given up"), cancellationToken);

    internal string Open(DataMove move) => _protector.Unprotect(move.Target);

    internal async Task<IReadOnlyList<DataMove>> Rows(CancellationToken ct)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DialDbContext>().Moves.AsNoTracking().OrderBy(m => m.Module).ToListAsync(ct);
    }

    /// <summary>Replaces what was read; null where somebody else has changed it in between.</summary>
    internal async Task<DataMove?> Advance(DataMove read, MovePhase phase, string message, CancellationToken ct, double? fenceMs = null, long? verified = null)
    {
        var changed = await Change(read.Module, row => row?.Epoch == read.Epoch ? null : "overtaken", row =>
        {
            (row.Phase, row.Message) = (phase, message);
            row.FenceMs = fenceMs ?? row.FenceMs;
            row.Verified = verified ?? row.Verified;
        }, ct);
        return changed.IsError ? null : (await Rows(ct)).Single(m => m.Module == read.Module);
    }

    private static string Begun(DataMove row) => $"Rows of {row.Module} are being moved, or have been ({row.Phase}). Look at: streaming move-data";

    /// <summary>Asked of the side that leads; null where it does not answer, or nobody follows any more.</summary>
    private async Task<long?> Retained(DataMove move, CancellationToken ct)
    {
        if (move.Phase is MovePhase.Aborted or MovePhase.Completed) return null;
        try
        {
            await using var leading = await Side.Open(move.Phase.IsThere ? Open(move) : _data.Postgres!, ct);
            return await Side.Retained(leading, MoveSteps.Names(ModuleDbContext.Schema(move.Module), move.Phase.IsThere ? "back" : "forth"), ct);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    private async Task<Result<long>> Change(string module, Func<DataMove?, string?> refusal, Action<DataMove> change, CancellationToken ct, Func<DataMove>? make = null)
    {
        if (_data.Postgres is null) return Error.Conflict("needs-postgres", "Rows are moved from PostgreSQL to PostgreSQL only.");
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DialDbContext>();
        var row = await db.Moves.FirstOrDefaultAsync(m => m.Module == module, ct);
        if (refusal(row) is { } why) return Error.Conflict("move-state", why);
        if (row is null) db.Moves.Add(row = make!());
        change(row);
        row.Epoch = (await db.Moves.MaxAsync(m => (long?)m.Epoch, ct) ?? 0) + 1;
        row.At = _clock.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
            return row.Epoch;
        }
        catch (DbUpdateException)
        {
            return Error.Conflict("overtaken", $"Somebody else has changed the move of {module} in between. Look at it again, then decide.");
        }
    }
}

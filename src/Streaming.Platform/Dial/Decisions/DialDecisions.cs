using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Streaming.Kernel;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial.Decisions;

/// <summary>A decision that somebody wants to make.</summary>
/// <param name="Module">The module.</param>
/// <param name="Mode">Where its calls are to run.</param>
/// <param name="Percent">The share of callers in a canary, 0 to 100 to two decimals; of no meaning in other modes.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record DialTurn(string Module, DialMode Mode, decimal Percent, string By, string Reason)
{
    /// <summary>The decision that it is to replace; null for whichever is in force.</summary>
    public long? Replaces { get; init; }

    /// <summary>Also while the module is left where it is after it had to come back.</summary>
    public bool IsForced { get; init; }

    /// <summary>What it rests on.</summary>
    public object? Numbers { get; init; }

    /// <summary>Whether the module has to come back because it fared worse elsewhere.</summary>
    public bool IsTurnBack { get; init; }
}

/// <summary>A decision that was made.</summary>
/// <param name="Epoch">Later ones have higher ones.</param>
/// <param name="Module">The module.</param>
/// <param name="Mode">Where its calls have run since.</param>
/// <param name="Percent">The share of callers that are served elsewhere.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Numbers">What it rests on, as JSON; null where nobody measured.</param>
/// <param name="IsTurnBack">Whether the module had to come back.</param>
/// <param name="At">When.</param>
public sealed record DialDecided(long Epoch, string Module, DialMode Mode, decimal Percent, string By, string Reason, string? Numbers, bool IsTurnBack, DateTimeOffset At);

/// <summary>Makes decisions about where modules run: each a row that is never changed, which every process of the installation follows.</summary>
public sealed class DialDecisions
{
    private const int SqliteConstraint = 19;

    private static readonly TimeSpan _rest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _remembered = TimeSpan.FromHours(24);

    private readonly IServiceScopeFactory _scopes;
    private readonly DialBoard _board;
    private readonly Neighbours _neighbours;
    private readonly TimeProvider _clock;

    /// <summary>On the installation's database.</summary>
    public DialDecisions(IServiceScopeFactory scopes, DialBoard board, Neighbours neighbours, TimeProvider clock) =>
        (_scopes, _board, _neighbours, _clock) = (scopes, board, neighbours, clock);

    /// <summary>Makes a decision, and follows it here. One that changes nothing is not made.</summary>
    /// <returns>
    /// What is in force now; <see cref="ErrorKind.Invalid"/> for a share that cannot be, <see cref="ErrorKind.Conflict"/> where no instance
    /// serves the module, where it is too soon after it had to come back, or where somebody else has decided in between.
    /// </returns>
    public async Task<Result<ModuleDial>> Turn(DialTurn turn, CancellationToken cancellationToken)
    {
        if (turn.Percent is < 0 or > 100 || decimal.Round(turn.Percent, 2) != turn.Percent) return Error.Invalid("percent", "It takes 0 to 100, to two decimals.");
        var wanted = new ModuleDial(turn.Module, turn.Mode, turn.Mode == DialMode.Canary ? turn.Percent : 0);
        if (wanted.Mode is not (DialMode.InProcess or DialMode.RoundTrip) && !_neighbours.Serving(turn.Module).Any())
            return Error.Conflict("no-instance", $"No instance serves {turn.Module}. Start one first: streaming serve --modules {turn.Module} --instance {turn.Module}-1 --data FOLDER.");
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DialDbContext>();
        var last = await db.Decisions.Where(d => d.Module == turn.Module).OrderByDescending(d => d.Epoch).FirstOrDefaultAsync(cancellationToken);
        if (turn.Replaces is { } replaces && replaces != (last?.Epoch ?? 0)) return Overtaken(turn.Module);
        var inForce = last?.Dial ?? _board.Of(turn.Module);
        if (inForce.Mode == wanted.Mode && inForce.Percent == wanted.Percent) return inForce;
        if (wanted.Elsewhere > inForce.Elsewhere && !turn.IsForced && await Rest(db, turn.Module, cancellationToken) is { } until)
            return Error.Conflict("cooling-down", string.Create(
                CultureInfo.InvariantCulture, $"{turn.Module} had to come back a short while ago, and stays until {until:HH:mm:ss}Z. Mend what was wrong; whoever knows better says force."));

        var made = new DialDecision
        {
            Module = turn.Module,
            Previous = last?.Epoch ?? 0,
            Mode = wanted.Mode,
            Percent = wanted.Percent,
            By = turn.By,
            Reason = turn.Reason,
            Numbers = turn.Numbers is { } numbers ? JsonSerializer.Serialize(numbers, ContractJson.Options) : null,
            IsTurnBack = turn.IsTurnBack,
            At = _clock.GetUtcNow(),
        };
        db.Decisions.Add(made);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or SqliteException { SqliteErrorCode: SqliteConstraint })
        {
            return Overtaken(turn.Module);
        }

        _board.Follow([made.Dial]);
        return made.Dial;
    }

    /// <summary>The latest decisions, of one module or of all, the newest first.</summary>
    /// <param name="module">Null for all.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<DialDecided>> Latest(string? module, int most, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DialDbContext>().Decisions.AsNoTracking()
            .Where(d => module == null || d.Module == module).OrderByDescending(d => d.Epoch).Take(most)
            .Select(d => new DialDecided(d.Epoch, d.Module, d.Mode, d.Mode == DialMode.Canary ? d.Percent : d.Mode == DialMode.Remote || d.Mode == DialMode.Detached ? 100 : 0, d.By, d.Reason, d.Numbers, d.IsTurnBack, d.At))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Follows what the rows say now.</summary>
    internal async Task Follow(CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DialDbContext>();
        var latest = await db.Decisions.AsNoTracking().Where(d => d.Epoch == db.Decisions.Where(o => o.Module == d.Module).Max(o => o.Epoch)).ToListAsync(cancellationToken);
        _board.Follow(latest.Select(d => d.Dial));
    }

    /// <summary>Until when a module stays that had to come back: ten minutes, and twice as long each further time in a day; null where nothing keeps it.</summary>
    private async Task<DateTimeOffset?> Rest(DialDbContext db, string module, CancellationToken ct)
    {
        var since = _clock.GetUtcNow() - _remembered;
        var times = await db.Decisions.Where(d => d.Module == module && d.IsTurnBack && d.At > since).OrderByDescending(d => d.Epoch).Select(d => d.At).Take(8).ToListAsync(ct);
        return times.Count > 0 && times[0] + (_rest * Math.Pow(2, times.Count - 1)) is var until && until > _clock.GetUtcNow() ? until : null;
    }

    private static Error Overtaken(string module) => Error.Conflict("overtaken", $"Somebody else has turned the dial of {module} in between. Look at it again, then decide.");
}

using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Streaming.Platform.Data;

namespace Streaming.Platform.Readiness;

/// <summary>
/// What modules do with each other's rows: commands that name another's schema, and transactions in which two take part. Each text of a
/// command is looked at once; of texts that are always new the first two thousand.
/// </summary>
internal sealed class DataWatch(IEnumerable<ModuleData> modules)
{
    private const int MostTexts = 2000;
    private const int Longest = 200;

    private readonly (string Module, string[] Marks)[] _schemas =
        [.. modules.Select(m => (m.Module, new[] { $"\"{ModuleDbContext.Schema(m.Module)}\".", $" {ModuleDbContext.Schema(m.Module)}." }))];

    private readonly ConcurrentDictionary<(string Module, string Text), bool> _texts = new();
    private readonly ConcurrentDictionary<(string Module, string Other), string> _foreign = new();
    private readonly ConcurrentDictionary<(string Module, string Other), bool> _shared = new();
    private readonly ConditionalWeakTable<DbTransaction, string> _transactions = [];

    /// <summary>How many different commands of a module have been looked at.</summary>
    public int LookedAt(string module) => _texts.Keys.Count(t => t.Module == module);

    /// <summary>Whose schemas the module's commands name, each with the first such command.</summary>
    public IReadOnlyDictionary<string, string> Foreign(string module) => _foreign.Where(f => f.Key.Module == module).ToDictionary(f => f.Key.Other, f => f.Value, StringComparer.Ordinal);

    /// <summary>With whom the module has had a transaction in common.</summary>
    public IReadOnlyList<string> Shared(string module) =>
        [.. _shared.Keys.Where(s => s.Module == module || s.Other == module).Select(s => s.Module == module ? s.Other : s.Module).Distinct().Order(StringComparer.Ordinal)];

    internal void Look(string module, string text)
    {
        // Beside a question to a database this is nothing; EF gives the same text again and again.
        if (_texts.ContainsKey((module, text)) || _texts.Count >= MostTexts || !_texts.TryAdd((module, text), true)) return;
        foreach (var (other, marks) in _schemas)
            if (other != module && marks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)))
                _foreign.TryAdd((module, other), text.Length > Longest ? text[..Longest] + "…" : text);
    }

    internal void Began(string module, DbTransaction transaction) => _transactions.AddOrUpdate(transaction, module);

    internal void Used(string module, DbTransaction transaction)
    {
        if (_transactions.TryGetValue(transaction, out var other) && other != module) _shared.TryAdd((other, module), true);
    }
}

/// <summary>Shows <see cref="DataWatch"/> what one module's contexts do.</summary>
internal sealed class ModuleDataWatch(string module, DataWatch watch) : DbCommandInterceptor, IDbTransactionInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        watch.Look(module, command.CommandText);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        watch.Look(module, command.CommandText);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        watch.Look(module, command.CommandText);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        watch.Look(module, command.CommandText);
        return ValueTask.FromResult(result);
    }

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        watch.Began(module, result);
        return result;
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        watch.Began(module, result);
        return ValueTask.FromResult(result);
    }

    public DbTransaction TransactionUsed(DbConnection connection, TransactionEventData eventData, DbTransaction result)
    {
        watch.Used(module, result);
        return result;
    }

    public ValueTask<DbTransaction> TransactionUsedAsync(DbConnection connection, TransactionEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        watch.Used(module, result);
        return ValueTask.FromResult(result);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Modules;

namespace Streaming.Platform.Data;

/// <summary>Brings databases up to the model: SQLite by itself at start, PostgreSQL by <c>streaming migrate</c>.</summary>
public sealed class ModuleMigrations
{
    private readonly IServiceScopeFactory _scopes;
    private readonly DataOptions _data;
    private readonly ProcessRole _role;
    private readonly ModuleData[] _modules;
    private readonly DataMoveFollower? _homes;

    internal ModuleMigrations(IServiceScopeFactory scopes, DataOptions data, ProcessRole role, IEnumerable<ModuleData> modules, DataMoveFollower? homes) =>
        (_scopes, _data, _role, _modules, _homes) = (scopes, data, role, [.. modules], homes);

    /// <summary>Applies what is pending in every module and answers with its names, <c>module/migration</c>.</summary>
    public async Task<IReadOnlyList<string>> Apply(CancellationToken cancellationToken)
    {
        await FindHomes(cancellationToken);
        var applied = new List<string>();
        foreach (var module in _modules)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var context = (DbContext)scope.ServiceProvider.GetRequiredService(module.Context);
            var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
            // With nothing to do EF would still compare the whole model to the last migration's, at every start.
            if (pending.Count > 0) await context.Database.MigrateAsync(cancellationToken);
            applied.AddRange(pending.Select(p => $"{module.Module}/{p}"));
        }

        return applied;
    }

    /// <summary>Called at start: migrates SQLite; on PostgreSQL, and for an instance, refuses a schema that is behind.</summary>
    /// <exception cref="InvalidOperationException">A schema is behind; the message says what to run.</exception>
    public async Task Ensure(CancellationToken cancellationToken)
    {
        if (_data.Postgres is null && _role.Instance is null)
        {
            await Apply(cancellationToken);
            return;
        }

        await FindHomes(cancellationToken);
        var behind = new List<string>();
        foreach (var module in _modules)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var context = (DbContext)scope.ServiceProvider.GetRequiredService(module.Context);
            behind.AddRange((await context.Database.GetPendingMigrationsAsync(cancellationToken)).Select(p => $"{module.Module}/{p}"));
        }

        if (behind.Count > 0)
            throw new InvalidOperationException(
                $"The {(_data.Postgres is null ? "" : "PostgreSQL ")}database is behind this version by {behind.Count} migrations ({string.Join(", ", behind)}). {(_data.Postgres is null ? "Start a host of this version on the folder first, or run: streaming migrate" : "Run: streaming migrate")}");
    }

    /// <summary>A module whose rows have moved is looked after where they are.</summary>
    private Task FindHomes(CancellationToken ct) => _homes?.Look(ct) ?? Task.CompletedTask;

    /// <summary>Whether every database answers; else the module that does not, and why.</summary>
    public async Task<string?> Fault(CancellationToken cancellationToken)
    {
        foreach (var module in _modules)
        {
            try
            {
                await using var scope = _scopes.CreateAsyncScope();
                var context = (DbContext)scope.ServiceProvider.GetRequiredService(module.Context);
                if (!await context.Database.CanConnectAsync(cancellationToken)) return $"the database of {module.Module} does not answer";
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                return $"the database of {module.Module} does not answer: {failure.Message}";
            }
        }

        return null;
    }
}

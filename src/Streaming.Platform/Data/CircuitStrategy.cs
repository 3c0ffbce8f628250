using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Data;

/// <summary>
/// Puts a module's database behind a circuit: EF Core hands over every command and every save. A database that is gone is left alone
/// between probes instead of being waited for by everybody. Nothing is repeated here; who may repeat a whole read does so.
/// </summary>
internal sealed class CircuitStrategy(ExecutionStrategyDependencies dependencies, Dependency reads, Dependency writes) : IExecutionStrategy
{
    // With retries EF would hold whole results in memory.
    public bool RetriesOnFailure => false;

    public TResult Execute<TState, TResult>(
        TState state, Func<DbContext, TState, TResult> operation, Func<DbContext, TState, ExecutionResult<TResult>>? verifySucceeded) =>
        operation(dependencies.CurrentContext.Context, state);

    public async Task<TResult> ExecuteAsync<TState, TResult>(
        TState state, Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
        Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded, CancellationToken cancellationToken = default)
    {
        var context = dependencies.CurrentContext.Context;
        var dependency = (context as ModuleDbContext)?.Copy is { } copy ? copy.Reads
            : context.Database.CurrentTransaction is not null || context.ChangeTracker.HasChanges() ? writes : reads;
        return await dependency.Call(
            static (call, ct) => new ValueTask<TResult>(call.operation(call.context, call.state, ct)), (operation, context, state), cancellationToken);
    }
}

using Polly.CircuitBreaker;
using Streaming.Kernel;
using Streaming.Platform.Dial.Instances;
using Streaming.Platform.Modules;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial.Elsewhere;

/// <summary>Where one call goes that is not carried out in this process, and what has come of that.</summary>
internal sealed class Way(WirePool? pool, bool mayRescue)
{
    /// <summary>Null where nobody is there to call.</summary>
    public WirePool? Pool { get; } = pool;

    /// <summary>Whether this process carries it out where no other does.</summary>
    public bool MayRescue { get; } = mayRescue;

    /// <summary>Why the other process has given no answer; null where it has.</summary>
    public string? Fault { get; set; }

    /// <summary>Whether it has only not answered in time.</summary>
    public bool IsLate { get; set; }

    /// <summary>Whether it is a copy, of which nothing may be carried out.</summary>
    public bool IsShadow { get; init; }

    /// <summary>Whether it has hardly answered anything before, so that how long it took says nothing.</summary>
    public bool IsCold { get; set; }
}

/// <summary>Calls contracts in other processes, as the dial says.</summary>
internal sealed class RemoteCalls(ProcessRole role, DialBoard board, Neighbours neighbours, WireClient wire, TimeProvider clock)
{
    // What is kept of a call's time for carrying it out here after all.
    private const double Kept = 0.4;
    private const int MostTried = 2;

    // A module that is dead elsewhere comes back here all at once; beyond this it is better refused than everything slow.
    private const int MostRescues = 200;

    private static readonly TimeSpan _margin = TimeSpan.FromMilliseconds(5);

    private int _rescues;

    /// <summary>The dial of a module, as this process follows it.</summary>
    public ModuleDial DialOf(string module) => board.Of(module);

    /// <summary>Where the call goes; null for this process.</summary>
    public Way? WayOf(IRequestDescriptor descriptor, ModuleDial dial, CallContext context)
    {
        if (role.Instance is not null)
        {
            // What an instance does not answer for it asks the hosts, who have everything.
            return !role.Serves(descriptor.Module) && neighbours.PoolOf(descriptor.Module) is { Instances.IsProven: true } hosts && hosts.Fits(descriptor.Name) ? new Way(hosts, mayRescue: true) : null;
        }

        if (!dial.IsElsewhere(context)) return null;
        var (mayRescue, pool) = (dial.Mode != DialMode.Detached, neighbours.PoolOf(descriptor.Module));
        if (pool is null || !pool.Instances.IsProven) return mayRescue ? null : new Way(null, mayRescue);
        // A contract that has changed in between stays here, and that is no failure of anybody.
        return pool.Fits(descriptor.Name) ? new Way(pool, mayRescue) : null;
    }

    /// <summary>Where copies of a module's calls go; null where nobody takes them.</summary>
    public Way? Shadow(IRequestDescriptor descriptor) => neighbours.PoolOf(descriptor.Module) is { Instances.IsProven: true } pool && pool.Fits(descriptor.Name) ? new Way(pool, mayRescue: false) { IsShadow = true } : null;

    /// <summary>What another process answers; null where none does, and then the way says why.</summary>
    /// <param name="way">Where to.</param>
    /// <param name="descriptor">Of the contract.</param>
    /// <param name="request">The request.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="left">What is left of the call's time.</param>
    /// <param name="ct">Ends the call.</param>
    public async Task<Result<T>?> Ask<TRequest, T>(Way way, RequestDescriptor<TRequest> descriptor, TRequest request, CallContext context, TimeSpan left, CancellationToken ct)
    {
        if (way.Pool is not { } pool)
        {
            way.Fault = "no instance is there";
            return null;
        }

        var limit = way.MayRescue ? left * (1 - Kept) : left - _margin;
        var until = clock.GetTimestamp() + (long)(limit.TotalSeconds * clock.TimestampFrequency);
        var (tried, retries) = (new List<Instance>(), 0);
        pool.Pace.Enter();
        try
        {
            for (var attempt = 0; attempt < MostTried; attempt++)
            {
                limit = clock.GetElapsedTime(clock.GetTimestamp(), until);
                if (limit <= TimeSpan.Zero || pool.Choose(descriptor.Name, tried) is not { } instance) break;
                if (attempt > 0) retries++;
                way.IsCold = instance.IsCold(descriptor.Name);
                var outcome = await Call<TRequest, T>(instance, descriptor, request, context, limit, way.IsShadow, ct);
                if (outcome.Exception is null)
                {
                    instance.HasAnswered(descriptor.Name);
                    return outcome.Result;
                }

                // Another attempt was faster, or whoever asked has gone: that says nothing of who was asked.
                if (outcome.Exception is OperationCanceledException) ct.ThrowIfCancellationRequested();
                way.Fault = $"{instance.At.Name}: {outcome.Exception.Message}";
                way.IsLate = outcome.Exception is WireFault { IsLate: true };
                instance.Judge(way.Fault);
                tried.Add(instance);
                // An order that may have been carried out is not sent to a third process; here it is found in the inbox.
                var isCertain = outcome.Exception is WireFault { IsNotExecuted: true } or BrokenCircuitException;
                if (!isCertain && (descriptor.IsCommand || !pool.Pace.MayRetry())) break;
            }

            way.Fault ??= "no instance is well and understands the contract";
            return null;
        }
        finally
        {
            pool.Pace.Leave(retries, 0, null);
        }
    }

    /// <summary>A place for carrying out here what was meant for elsewhere; <see cref="EndRescue"/> has to follow where there is one.</summary>
    public bool TryRescue()
    {
        if (Interlocked.Increment(ref _rescues) <= MostRescues) return true;
        EndRescue();
        return false;
    }

    public void EndRescue() => Interlocked.Decrement(ref _rescues);

    private async ValueTask<Polly.Outcome<Result<T>>> Call<TRequest, T>(
        Instance instance, RequestDescriptor<TRequest> descriptor, TRequest request, CallContext context, TimeSpan limit, bool isShadow, CancellationToken ct)
    {
        instance.Begin();
        try
        {
            return await instance.Dependency.Try(
                static (call, token) => new ValueTask<Result<T>>(call.wire.Call<TRequest, T>(call.address, call.descriptor, call.request, call.context, call.limit, call.isShadow, token)),
                (wire, address: instance.At.Wire!, descriptor, request, context, limit, isShadow),
                ct);
        }
        finally
        {
            instance.End();
        }
    }
}

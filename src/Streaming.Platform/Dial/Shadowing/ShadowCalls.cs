using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial.Shadowing;

/// <summary>
/// Sends copies of a module's calls to an instance and compares its answers with those that were given here. Whoever has called has their
/// answer by then and waits for nothing: what does not fit into the queue is dropped. Of orders only what is checked before they are
/// carried out is compared.
/// </summary>
public sealed class ShadowCalls : IDisposable
{
    private const int MostWaiting = 256;
    private const int MostAtOnce = 4;

    private readonly ConcurrentDictionary<string, ShadowTally> _modules = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(MostAtOnce);
    private readonly IServiceScopeFactory _scopes;
    private readonly RemoteCalls _remote;
    private readonly TimeProvider _clock;
    private int _waiting;

    internal ShadowCalls(IServiceScopeFactory scopes, RemoteCalls remote, TimeProvider clock) => (_scopes, _remote, _clock) = (scopes, remote, clock);

    /// <summary>What has been compared of a module since its dial was turned to shadow; null where nothing.</summary>
    public ShadowReport? Report(string module) => _modules.GetValueOrDefault(module)?.Report;

    /// <summary>Copies that wait or are under way.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    internal void Offer<TRequest, T>(ModuleDial dial, RequestDescriptor<TRequest> descriptor, TRequest request, CallContext context, Result<T> answer, TimeSpan took)
    {
        // What has failed here says nothing about there.
        if (answer.Error?.Kind is ErrorKind.Unavailable or ErrorKind.Deadline || (descriptor.IsCommand && answer.IsError)) return;
        var tally = _modules.AddOrUpdate(dial.Module, _ => new ShadowTally(dial.Epoch), (_, known) => known.Epoch == dial.Epoch ? known : new ShadowTally(dial.Epoch));
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            tally.Dropped();
            return;
        }

        var copy = new CallContext();
        copy.CopyFrom(context, null);
        copy.Session = null;
        _ = Task.Run(() => Follow(tally, descriptor, request, copy, answer, took));
    }

    private async Task Follow<TRequest, T>(ShadowTally tally, RequestDescriptor<TRequest> descriptor, TRequest request, CallContext context, Result<T> here, TimeSpan took)
    {
        try
        {
            await _places.WaitAsync();
            try
            {
                await Compare(tally, descriptor, request, context, here, took);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception failure)
        {
            tally.Failed($"{failure.GetType().Name}: {failure.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task Compare<TRequest, T>(ShadowTally tally, RequestDescriptor<TRequest> descriptor, TRequest request, CallContext context, Result<T> here, TimeSpan took)
    {
        if (_remote.Shadow(descriptor) is not { } way)
        {
            tally.Failed("no instance is there that understands the contract");
            return;
        }

        var limit = TimeSpan.FromMilliseconds(descriptor.Contract!.DeadlineMs);
        var began = _clock.GetTimestamp();
        var there = await _remote.Ask<TRequest, T>(way, descriptor, request, context, limit, CancellationToken.None);
        var tookThere = _clock.GetElapsedTime(began);
        if (there is null)
        {
            tally.Failed(way.Fault!);
            return;
        }

        var differences = descriptor.IsCommand ? Checks(there) : AnswerComparison.Of(here, there);
        if (differences.Count == 0)
        {
            tally.Same(took, tookThere);
            return;
        }

        // Asked here once more: what is different each time is noise, and what is now as it is there has changed in between.
        var again = descriptor.IsCommand ? here : await Here<TRequest, T>(request, context, limit);
        var noise = AnswerComparison.Of(here, again).Select(d => d.Path).ToHashSet(StringComparer.Ordinal);
        tally.Differs(descriptor.Name, differences, noise, hasRaced: AnswerComparison.Of(again, there).Count == 0);
    }

    /// <summary>What has been carried out here must not be found wrong there.</summary>
    private static IReadOnlyList<AnswerDifference> Checks<T>(Result<T> there) =>
        there.Error is { Code: WireWords.Checked } ? [] : [new AnswerDifference("$.error.code", null, there.Error?.Code)];

    private async Task<Result<T>> Here<TRequest, T>(TRequest request, CallContext context, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, _clock);
        await using var scope = _scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().CopyFrom(context, null);
        return await scope.ServiceProvider.GetRequiredService<ILocalHandler<TRequest, T>>().Handle(request, timeout.Token);
    }
}

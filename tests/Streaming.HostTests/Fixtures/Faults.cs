using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Dial;

namespace Streaming.HostTests.Fixtures;

/// <summary>What attempts at contracts meet in a running host, counted.</summary>
internal sealed class Faults(Func<string, CancellationToken, ValueTask> before, Func<string, ValueTask>? after = null) : ICallFault
{
    private readonly ConcurrentDictionary<string, int> _attempts = new();

    public int Attempts(string contract) => _attempts.GetValueOrDefault(contract);

    public static Faults Fail(TestHost host, string contract) =>
        new Faults((called, _) => called == contract ? throw new InvalidOperationException("It is down.") : default).In(host);

    /// <summary>Nothing fails; attempts are counted.</summary>
    public static Faults None(TestHost host) => new Faults((_, _) => default).In(host);

    public static Faults Slow(TestHost host, string contract, TimeSpan by) =>
        new Faults((called, ct) => called == contract ? new ValueTask(Task.Delay(by, TimeProvider.System, ct)) : default).In(host);

    /// <summary>This share of all attempts fails: half of them before anything has happened, half after it has, when the answer is lost.</summary>
    public static Faults Random(TestHost host, double rate, int seed)
    {
        var dice = new ConcurrentDictionary<string, Random>();
        bool Falls(string contract, double share)
        {
            var die = dice.GetOrAdd(contract, name => new Random(name.Aggregate(seed, (sum, letter) => unchecked((sum * 31) + letter))));
            lock (die) return die.NextDouble() < share;
        }

        return new Faults(
            (contract, _) => Falls(contract, rate / 2) ? throw new InvalidOperationException("It is down.") : default,
            contract => Falls(contract, rate / 2 / (1 - (rate / 2))) ? throw new InvalidOperationException("The answer was lost.") : default).In(host);
    }

    public ValueTask Before(string contract, CancellationToken cancellationToken)
    {
        _attempts.AddOrUpdate(contract, 1, (_, before) => before + 1);
        return before(contract, cancellationToken);
    }

    public ValueTask After(string contract, CancellationToken cancellationToken) => after?.Invoke(contract) ?? default;

    private Faults In(TestHost host)
    {
        host.Services.GetRequiredService<CallFaults>().Current = this;
        return this;
    }
}

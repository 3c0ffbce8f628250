namespace Streaming.Benchmarks;

/// <summary>Something measured, against a peer that does the same with less.</summary>
internal interface IBench
{
    /// <summary>What <c>build/bench</c> calls it.</summary>
    string Name { get; }

    /// <summary>One line for the list of benches.</summary>
    string About { get; }

    Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken);
}

namespace Streaming.Kernel;

/// <summary>
/// How many copies of the data must agree before a request is answered, where there are several: the levels that Cassandra names.
/// Where there is one copy every level is met by itself.
/// </summary>
public enum ConsistencyLevel
{
    /// <summary>A question reads at <see cref="LocalQuorum"/>, an order writes at <see cref="Quorum"/>.</summary>
    ByKind,

    /// <summary>Reads any copy, however far behind; a write is answered when one server has it.</summary>
    One,

    /// <summary>
    /// Reads a copy in the host's own zone that has all that the session has written; otherwise the primary. A write is answered as at
    /// <see cref="Quorum"/>.
    /// </summary>
    LocalQuorum,

    /// <summary>Reads the primary; a write is answered when a majority of the servers has it.</summary>
    Quorum,
}

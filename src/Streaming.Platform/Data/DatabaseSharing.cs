using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Modules;

namespace Streaming.Platform.Data;

/// <summary>Whether other processes may change what this one keeps in its memory: always on PostgreSQL, with SQLite while there are instances.</summary>
public sealed class DatabaseSharing
{
    private readonly bool _isAlways;
    private readonly Neighbours _neighbours;

    /// <summary>Of one process.</summary>
    public DatabaseSharing(DataOptions data, ProcessRole role, Neighbours neighbours) =>
        (_isAlways, _neighbours) = (data.Postgres is not null || role.Instance is not null, neighbours);

    /// <summary>Whether another host still serves that hands over to this one, or that this one hands over to.</summary>
    public bool IsHandedOver { get; set; }

    /// <summary>At this moment.</summary>
    public bool IsShared => _isAlways || IsHandedOver || _neighbours.All.Count > 0;
}

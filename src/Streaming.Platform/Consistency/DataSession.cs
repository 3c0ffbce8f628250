using System.Text;
using Streaming.Kernel;

namespace Streaming.Platform.Consistency;

/// <summary>
/// What somebody's requests have written, as a position in the write-ahead log, and who has answered this one. One instance a request,
/// shared by all the calls that it leads to, also those at the same time.
/// </summary>
/// <param name="position">Up to where the session has written already, as it says itself.</param>
internal sealed class DataSession(ulong position)
{
    private readonly Lock _gate = new();
    private readonly List<(ConsistencyLevel Level, string Server, ConsistencyLevel? Asked)> _answered = [];
    private ulong _position = position;
    private bool _hasWritten;

    /// <summary>What a copy must have replayed before it may answer.</summary>
    public ulong Position => Volatile.Read(ref _position);

    /// <summary>Whether this request has written, so that the client has to be told the position.</summary>
    public bool HasWritten => Volatile.Read(ref _hasWritten);

    /// <summary>The client says that it is this far, if that is further.</summary>
    public void Begin(ulong position) => Volatile.Write(ref _position, Math.Max(_position, position));

    /// <summary>
    /// The primary is this far after an order, which is further than anything that the session had written there. So it takes the place of
    /// what the client said, which may be of another history or made up; of several orders in one request the furthest counts.
    /// </summary>
    public void Wrote(ulong position)
    {
        lock (_gate)
        {
            Volatile.Write(ref _position, _hasWritten ? Math.Max(_position, position) : position);
            Volatile.Write(ref _hasWritten, true);
        }
    }

    /// <param name="level">What was met.</param>
    /// <param name="server">Who answered.</param>
    /// <param name="asked">What was asked for, where that is more.</param>
    public void Answered(ConsistencyLevel level, string server, ConsistencyLevel? asked = null)
    {
        lock (_gate)
        {
            if (!_answered.Contains((level, server, asked))) _answered.Add((level, server, asked));
        }
    }

    /// <summary>As the header has it: each level with the server that answered, in the order of the first of each; empty where no database was asked.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            if (_answered.Count == 0) return "";
            var text = new StringBuilder();
            foreach (var (level, server, asked) in _answered)
            {
                text.Append(text.Length > 0 ? ", " : "").Append(level.Text()).Append("; server=").Append(server);
                if (asked is { } more) text.Append("; asked=").Append(more.Text());
            }

            return text.ToString();
        }
    }
}

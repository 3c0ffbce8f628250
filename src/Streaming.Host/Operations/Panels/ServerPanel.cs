using System.Globalization;
using Streaming.Platform.Consistency;
using Streaming.Platform.Observing;

namespace Streaming.Host.Operations.Panels;

/// <summary>The PostgreSQL servers that hold the rows, where there are several.</summary>
internal sealed class ServerPanel(ConsistencyBoard board) : IOperationsPanel
{
    public string Key => "servers";

    public string Heading => "Database servers";

    public int Order => 55;

    public IReadOnlyList<PanelColumn> Columns { get; } =
    [
        new("Server", "text"), new("Zone", "text"), new("Role", "state"), new("Behind, s", "number"), new("Read in its place", "text"), new("Under way", "count"),
        new("At ONE", "count"), new("At LOCAL_QUORUM", "count"), new("At QUORUM", "count"), new("Position", "text"),
    ];

    public PanelView Read()
    {
        var report = board.Read();
        var summary = report.Servers.Count == 0 ? "One database, and no copies"
            : string.Create(CultureInfo.InvariantCulture, $"{report.Servers.Count} servers, {report.Servers.Count(s => s.Readable)} may be read, writes {(report.Quorum is { Met: true } ? "wait for a majority" : "do not wait for a majority")}");
        return new PanelView(summary, [.. report.Servers.Select(s => new PanelRow(
            s.Name,
            [s.Name, s.Zone, s.Role, s.LagSeconds, s.Role == "primary" || s.Readable ? null : "the primary", s.Reading, s.Answered.One, s.Answered.LocalQuorum, s.Answered.Quorum, s.Position],
            s.Role is "unreachable" or "pretender" ? AlertLevel.Failure : s.Role == "standby" && !s.Readable ? AlertLevel.Attention : null))]);
    }

    /// <summary>What is wrong with them is told by their health check.</summary>
    public IEnumerable<Alert> Look() => [];
}

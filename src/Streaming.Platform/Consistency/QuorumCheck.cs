using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Platform.Consistency;

/// <summary>
/// Whether a primary waits for as many standbys as make a majority with itself. What it waits for is set in the server, and a commit of
/// ours cannot ask for more than that.
/// </summary>
internal static partial class QuorumCheck
{
    /// <summary>Why a commit at quorum would be less than that; null where it is one.</summary>
    /// <param name="standbyNames">The server's <c>synchronous_standby_names</c>.</param>
    /// <param name="fsync">Whether the server's disk has what it says it has.</param>
    /// <param name="servers">How many servers there are.</param>
    public static string? Fault(string standbyNames, bool fsync, int servers)
    {
        var needed = servers / 2;
        var waited = Waited(standbyNames);
        if (waited < needed)
            return $"synchronous_standby_names is '{standbyNames}', so a commit waits for {waited} standbys; a majority of {servers} servers needs {needed}: set it to 'ANY {needed} (…)' with the names of all standbys";
        return fsync ? null : "fsync is off: a server that loses its power loses what it has acknowledged";
    }

    /// <summary>The number of standbys in <c>ANY n (…)</c>, <c>FIRST n (…)</c>, <c>n (…)</c>; one for a bare list.</summary>
    private static int Waited(string standbyNames)
    {
        if (string.IsNullOrWhiteSpace(standbyNames)) return 0;
        return Counted().Match(standbyNames) is { Success: true } counted ? int.Parse(counted.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 1;
    }

    [GeneratedRegex(@"^\s*(?:(?:ANY|FIRST)\s+)?(\d{1,6})\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex Counted();
}

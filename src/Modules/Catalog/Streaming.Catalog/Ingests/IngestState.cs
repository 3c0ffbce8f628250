using System.Collections.Frozen;

namespace Streaming.Catalog.Ingests;

/// <summary>Where a file is on its way to the screen.</summary>
internal enum IngestState
{
    Receiving,
    Verifying,
    Probed,
    EncodingBase,
    Playable,
    EncodingFull,
    Finalising,
    Ready,
    Paused,
    Failed,
    Rejected,
    Cancelled,
    Deleting,
}

internal static class IngestStates
{
    /// <summary>What is left to do until something can be played; it goes before everything else.</summary>
    public static readonly IReadOnlyList<IngestState> BaseWork = [IngestState.Verifying, IngestState.Probed, IngestState.EncodingBase];

    /// <summary>What is left to do after that.</summary>
    public static readonly IReadOnlyList<IngestState> FullWork = [IngestState.Playable, IngestState.EncodingFull, IngestState.Finalising];

    /// <summary>In any of these somebody works on it or should.</summary>
    public static readonly IReadOnlyList<IngestState> Work = [.. BaseWork, .. FullWork];

    /// <summary>Nothing more happens by itself.</summary>
    public static readonly IReadOnlyList<IngestState> Final =
        [IngestState.Ready, IngestState.Failed, IngestState.Rejected, IngestState.Cancelled, IngestState.Deleting];

    private static readonly IngestState[] _stops = [IngestState.Paused, IngestState.Failed, IngestState.Cancelled, IngestState.Deleting];

    private static readonly FrozenDictionary<IngestState, IngestState[]> _next = new Dictionary<IngestState, IngestState[]>
    {
        [IngestState.Receiving] = [IngestState.Verifying, IngestState.Deleting],
        [IngestState.Verifying] = [IngestState.Probed, IngestState.Ready, IngestState.Rejected, .. _stops],
        [IngestState.Probed] = [IngestState.EncodingBase, .. _stops],
        [IngestState.EncodingBase] = [IngestState.Playable, .. _stops],
        [IngestState.Playable] = [IngestState.EncodingFull, IngestState.Finalising, .. _stops],
        [IngestState.EncodingFull] = [IngestState.Finalising, .. _stops],
        [IngestState.Finalising] = [IngestState.Ready, .. _stops],
        [IngestState.Ready] = [IngestState.Deleting],
        [IngestState.Paused] = [.. Work, IngestState.Cancelled, IngestState.Deleting],
        [IngestState.Failed] = [.. Work, IngestState.Deleting],
        [IngestState.Rejected] = [IngestState.Deleting],
        [IngestState.Cancelled] = [.. Work, IngestState.Deleting],
        [IngestState.Deleting] = [],
    }.ToFrozenDictionary();

    public static bool MayBecome(this IngestState state, IngestState next) => _next[state].Contains(next);

    /// <summary>As answers and rows have it: <c>encoding-base</c>.</summary>
    public static string Name(this IngestState state) => state switch
    {
        IngestState.EncodingBase => "encoding-base",
        IngestState.EncodingFull => "encoding-full",
        _ => state.ToString().ToLowerInvariant(),
    };

    public static IngestState Parse(string name) => Enum.Parse<IngestState>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
}

namespace Streaming.Web.Operations;

/// <summary>A row of a table that nothing sorts.</summary>
/// <param name="Cells">The first names it.</param>
/// <param name="Level">blocker or amber; null while all is well.</param>
public sealed record ReadyRow(IReadOnlyList<string> Cells, string? Level = null);

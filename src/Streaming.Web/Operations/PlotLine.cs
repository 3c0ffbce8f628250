namespace Streaming.Web.Operations;

/// <summary>What is drawn of one thing, a value a step.</summary>
/// <param name="Name">In the key.</param>
/// <param name="Tone">here, there, attention or failure.</param>
/// <param name="Values">Null where there is none.</param>
public sealed record PlotLine(string Name, string Tone, IReadOnlyList<double?> Values);

/// <summary>A line that something must not cross.</summary>
/// <param name="Value">Where.</param>
/// <param name="Name">What happens there.</param>
/// <param name="IsHard">Whether it ends there.</param>
public sealed record PlotBound(double Value, string Name, bool IsHard);

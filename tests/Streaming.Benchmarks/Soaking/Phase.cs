namespace Streaming.Benchmarks.Soaking;

/// <summary>A part of a soak, and what is broken in it.</summary>
/// <param name="Name">As the table says it.</param>
/// <param name="Share">Of the whole time, in parts.</param>
/// <param name="Break">Runs while viewers ask on.</param>
/// <param name="Mend">Runs at the phase's end, also where the run is given up.</param>
internal sealed record Phase(string Name, int Share, Func<Task>? Break = null, Func<Task>? Mend = null);

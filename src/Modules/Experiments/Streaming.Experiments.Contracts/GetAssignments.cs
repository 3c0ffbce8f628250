using Streaming.Kernel;

namespace Streaming.Experiments;

/// <summary>Which variant of each running flag a unit gets. The same unit always gets the same; unknown keys are left out.</summary>
/// <param name="UnitId">Whom or what is assigned: usually the profile, else the account.</param>
/// <param name="Flags">Keys; none for all.</param>
[Contract("experiments.assignments", version: 1, DeadlineMs = 200, SlowMs = 5)]
public sealed record GetAssignments(string UnitId, IReadOnlyList<string> Flags) : IQuery<AssignmentList>;

/// <summary>Assignments.</summary>
public sealed record AssignmentList(IReadOnlyList<Assignment> Items);

/// <summary>A unit's variant of a flag.</summary>
/// <param name="Flag">Key, lower case with hyphens.</param>
/// <param name="Variant">Key of the variant.</param>
/// <param name="Bucket">0 to 99,999: where in the split the unit fell.</param>
public sealed record Assignment(string Flag, string Variant, int Bucket);

namespace Streaming.Platform.Data.Moving;

/// <summary>How far the move of a module's rows to a database of its own is. Before <see cref="Moved"/> they are where they were.</summary>
public enum MovePhase
{
    /// <summary>The tables are made there.</summary>
    Preparing,

    /// <summary>Rows are copied, and what changes meanwhile follows.</summary>
    Copying,

    /// <summary>Both sides are compared.</summary>
    Verifying,

    /// <summary>Every process has been told that it comes, and looks often.</summary>
    Announced,

    /// <summary>Nobody writes: what is written waits until it is over.</summary>
    Fencing,

    /// <summary>The rows are there, and what changes follows back, so that it can be undone.</summary>
    Moved,

    /// <summary>As <see cref="Announced"/>, for the way back.</summary>
    BackAnnounced,

    /// <summary>As <see cref="Fencing"/>, for the way back.</summary>
    BackFencing,

    /// <summary>The rows are where they were, and what was made there is taken away.</summary>
    Returned,

    /// <summary>What could undo it is taken away, and the old tables with it.</summary>
    Completing,

    /// <summary>The rows are there alone.</summary>
    Completed,

    /// <summary>What was made so far is taken away.</summary>
    Aborting,

    /// <summary>It was given up, and nothing of it is left.</summary>
    Aborted,
}

internal static class MovePhases
{
    extension(MovePhase phase)
    {
        /// <summary>Whether the module's rows are in the database of its own.</summary>
        public bool IsThere => phase is MovePhase.Moved or MovePhase.BackAnnounced or MovePhase.BackFencing or MovePhase.Completing or MovePhase.Completed;

        public bool IsFenced => phase is MovePhase.Fencing or MovePhase.BackFencing;

        /// <summary>Whether something changes any moment, so that every process looks often.</summary>
        public bool IsBrief => phase is MovePhase.Announced or MovePhase.Fencing or MovePhase.BackAnnounced or MovePhase.BackFencing;

        /// <summary>Whether it goes on only when somebody says so.</summary>
        public bool IsResting => phase is MovePhase.Moved or MovePhase.Completed or MovePhase.Aborted;
    }
}

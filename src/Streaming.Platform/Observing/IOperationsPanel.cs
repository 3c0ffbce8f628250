namespace Streaming.Platform.Observing;

/// <summary>
/// A subsystem on the Operations page: a table that sorts, filters and exports, and what is wrong with it. Register one as a singleton of this
/// type and it is on the page; what is asked of it is asked once a second, so it answers from memory.
/// </summary>
public interface IOperationsPanel
{
    /// <summary>Lower case; alerts name it.</summary>
    string Key { get; }

    /// <summary>What it is called on the page.</summary>
    string Heading { get; }

    /// <summary>Its place on the page, ascending.</summary>
    int Order { get; }

    /// <summary>The columns of its table.</summary>
    IReadOnlyList<PanelColumn> Columns { get; }

    /// <summary>What it says and shows now.</summary>
    PanelView Read();

    /// <summary>What is wrong now.</summary>
    IEnumerable<Alert> Look();
}

/// <summary>A column of a panel.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Kind">text, state, count, number, rate (a second), percent, ms, bytes, or time (Unix seconds): how a cell is written and sorted.</param>
public sealed record PanelColumn(string Heading, string Kind);

/// <summary>A panel at one moment.</summary>
/// <param name="Summary">One quiet line.</param>
/// <param name="Rows">Its table.</param>
public sealed record PanelView(string Summary, IReadOnlyList<PanelRow> Rows);

/// <summary>A row of a panel.</summary>
/// <param name="Id">What it is known by from one moment to the next.</param>
/// <param name="Cells">Strings, numbers or null, a cell a column.</param>
/// <param name="Level">Absent while all is well.</param>
/// <param name="Actions">What an operator can do to it.</param>
public sealed record PanelRow(string Id, IReadOnlyList<object?> Cells, AlertLevel? Level = null, IReadOnlyList<PanelAction>? Actions = null);

/// <summary>What an operator can do to a row: a POST without a body.</summary>
/// <param name="Name">A verb.</param>
/// <param name="Address">Where it is sent.</param>
/// <param name="Question">What is asked before it is done; absent where nothing can be lost.</param>
public sealed record PanelAction(string Name, string Address, string? Question = null);

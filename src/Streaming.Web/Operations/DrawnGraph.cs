using Streaming.Platform.Readiness;

namespace Streaming.Web.Operations;

/// <summary>A module as it is drawn.</summary>
internal sealed record DrawnNode(string Module, double X, double Y, double Width, double Height, bool IsFocus);

/// <summary>A line as it is drawn.</summary>
internal sealed record DrawnLine(GraphLine Line, string Path, double LabelX, double LabelY, string Label, string Level, bool IsFocus);

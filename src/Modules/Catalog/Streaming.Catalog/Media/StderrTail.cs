namespace Streaming.Catalog.Media;

/// <summary>The last lines of what a tool complained about; a broken file can make it complain for hours.</summary>
internal sealed class StderrTail
{
    private const int Lines = 12;
    private const int LineLength = 300;
    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lines)
        {
            if (_lines.Count == Lines) _lines.Dequeue();
            _lines.Enqueue(line.Length <= LineLength ? line : line[..LineLength]);
        }
    }

    public override string ToString()
    {
        lock (_lines) return string.Join('\n', _lines);
    }
}

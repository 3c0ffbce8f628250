using System.Globalization;
using System.Text;

namespace Streaming.Web.Operations;

/// <summary>A path of SVG that leaves and arrives along the layers; what is along and what across is turned at the end.</summary>
internal sealed class CurvedPath(bool isDown)
{
    private readonly StringBuilder _path = new();
    private (double Main, double Cross) _at;
    private (double Main, double Cross)? _middle;

    /// <summary>Of its first curve: there is room for words.</summary>
    public (double X, double Y) Middle => Turned(_middle ?? _at);

    public void Move(double main, double cross)
    {
        _at = (main, cross);
        Add("M", _at);
    }

    public void Curve(double main, double cross)
    {
        // One that leads back begins and ends as if it led on, and so is seen to turn round.
        var bend = main > _at.Main ? (main - _at.Main) / 2 : 60;
        Add("C", (_at.Main + bend, _at.Cross), (main - bend, cross), (main, cross));
        _middle ??= ((_at.Main + main) / 2, (_at.Cross + cross) / 2);
        _at = (main, cross);
    }

    public void Straight(double main, double cross)
    {
        _at = (main, cross);
        Add("L", _at);
    }

    /// <summary>Leaves and arrives across the layers, so far outside of both; straight across where that is nothing.</summary>
    public void Bow(double main, double cross, double depth)
    {
        var outer = depth > 0 ? Math.Max(_at.Cross, cross) + depth : depth < 0 ? Math.Min(_at.Cross, cross) + depth : (_at.Cross + cross) / 2;
        Add("C", (_at.Main, outer), (main, outer), (main, cross));
        _at = (main, cross);
    }

    public override string ToString() => _path.ToString();

    private void Add(string command, params ReadOnlySpan<(double Main, double Cross)> points)
    {
        _path.Append(command);
        foreach (var point in points)
        {
            var (x, y) = Turned(point);
            _path.Append(CultureInfo.InvariantCulture, $"{x:0.#} {y:0.#} ");
        }
    }

    private (double X, double Y) Turned((double Main, double Cross) point) => isDown ? (point.Cross, point.Main) : (point.Main, point.Cross);
}

using Streaming.Platform.Readiness;

namespace Streaming.Web.Operations;

/// <summary>
/// Places a graph in layers from who asks to who is asked (Sugiyama, Tagawa and Toda, 1981): each module behind all that call it; what goes
/// past a layer bends around its modules; the order within a layer is by the middle of what it is tied to. Along or down the page.
/// </summary>
internal sealed class CallGraphLayout
{
    private const int Sweeps = 8;

    private readonly bool _isDown;
    private readonly Dictionary<string, Spot> _spots = new(StringComparer.Ordinal);
    private readonly List<List<Spot>> _layers = [];

    public CallGraphLayout(ModuleGraph graph, string? focus, bool isDown)
    {
        _isDown = isDown;
        var calls = graph.Lines.Where(l => l.Kind == "call").ToArray();
        var layers = Layers(graph, calls);
        foreach (var module in graph.Modules) _spots[module] = Put(new Spot(module, layers[module]));
        var ways = calls.Select(l => (Line: l, Way: Way(l))).ToArray();
        foreach (var (_, way) in ways)
            for (var i = 1; i < way.Count; i++) Tie(way[i - 1], way[i]);
        Order();
        Place();
        Nodes = [.. graph.Modules.Select(m => Node(_spots[m], focus))];
        Lines = [.. graph.Lines.Where(l => l.Kind == "event").Select(l => Event(l, focus)), .. ways.OrderBy(w => Rank(w.Line)).Select(w => Call(w.Line, w.Way, focus))];
    }

    /// <summary>Down the page, for narrow ones.</summary>
    public bool IsDown => _isDown;

    public double Width { get; private set; }

    public double Height { get; private set; }

    public IReadOnlyList<DrawnNode> Nodes { get; }

    /// <summary>What matters most last, so that it lies on top.</summary>
    public IReadOnlyList<DrawnLine> Lines { get; }

    // Along the layers, and across them.
    private double NodeMain => _isDown ? 40 : 156;

    private double NodeCross => _isDown ? 112 : 48;

    private double GapMain => _isDown ? 62 : 176;

    private double GapCross => _isDown ? 12 : 34;

    private static double DummyCross => 14;

    private static Dictionary<string, int> Layers(ModuleGraph graph, GraphLine[] calls)
    {
        var layers = graph.Modules.ToDictionary(m => m, m => m == graph.Modules[0] ? 0 : 1, StringComparer.Ordinal);
        // In a loop somebody has to come first; as often as there are modules is enough for everybody behind.
        var order = graph.Modules.Index().ToDictionary(m => m.Item, m => m.Index, StringComparer.Ordinal);
        for (var i = 0; i < graph.Modules.Count; i++)
            foreach (var line in calls.Where(l => !l.IsInLoop || order[l.From] < order[l.To])) layers[line.To] = Math.Max(layers[line.To], layers[line.From] + 1);
        return layers;
    }

    private static int Rank(GraphLine line) => line.IsInLoop ? 3 : line.Repeats > 0 ? 2 : line.PerRequest is null ? 0 : 1;

    private Spot Put(Spot spot)
    {
        while (_layers.Count <= spot.Layer) _layers.Add([]);
        _layers[spot.Layer].Add(spot);
        return spot;
    }

    private List<Spot> Way(GraphLine line)
    {
        var (from, to) = (_spots[line.From], _spots[line.To]);
        List<Spot> way = [from];
        for (var layer = from.Layer + 1; layer < to.Layer; layer++) way.Add(Put(new Spot(null, layer)));
        way.Add(to);
        return way;
    }

    private static void Tie(Spot one, Spot other)
    {
        one.Ties.Add(other);
        other.Ties.Add(one);
    }

    private void Order()
    {
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var isForward = sweep % 2 == 0;
            foreach (var layer in isForward ? _layers : _layers.AsEnumerable().Reverse())
            {
                foreach (var (i, spot) in layer.Index()) spot.Cross = (double)i / layer.Count;
                foreach (var spot in layer)
                    if (spot.Ties.Where(t => isForward ? t.Layer < spot.Layer : t.Layer > spot.Layer).ToArray() is { Length: > 0 } tied)
                        spot.Wish = tied.Average(t => _layers[t.Layer].IndexOf(t) / (double)_layers[t.Layer].Count);
                    else spot.Wish = spot.Cross;
                var sorted = layer.OrderBy(s => s.Wish).ToArray();
                layer.Clear();
                layer.AddRange(sorted);
            }
        }
    }

    private void Place()
    {
        double Size(Spot spot) => spot.Module is null ? DummyCross : NodeCross;
        var widest = _layers.Max(l => l.Sum(Size) + (GapCross * (l.Count - 1)));
        foreach (var (i, layer) in _layers.Index())
        {
            var at = (widest - layer.Sum(Size) - (GapCross * (layer.Count - 1))) / 2;
            foreach (var spot in layer)
            {
                (spot.Main, spot.Cross) = ((i * (NodeMain + GapMain)) + (NodeMain / 2), at + (Size(spot) / 2));
                at += Size(spot) + GapCross;
            }
        }

        var main = (_layers.Count * (NodeMain + GapMain)) - GapMain;
        (Width, Height) = _isDown ? (widest, main) : (main, widest);
    }

    private DrawnNode Node(Spot spot, string? focus)
    {
        var (w, h) = _isDown ? (NodeCross, NodeMain) : (NodeMain, NodeCross);
        var (x, y) = At(spot.Main, spot.Cross);
        return new DrawnNode(spot.Module!, x - (w / 2), y - (h / 2), w, h, spot.Module == focus);
    }

    private DrawnLine Call(GraphLine line, List<Spot> way, string? focus)
    {
        var path = new CurvedPath(_isDown);
        var half = NodeMain / 2;
        var isBack = way[^1].Layer <= way[0].Layer;
        // Each line has a place of its own on a module's side, in the order of where it leads.
        path.Move(way[0].Main + half, way[0].Cross + Port(way[0], way[1], isOut: true));
        for (var i = 1; i < way.Count; i++)
        {
            if (way[i].Module is not null) path.Curve(way[i].Main - half - 7, way[i].Cross + Port(way[i], way[i - 1], isOut: false));
            else
            {
                path.Curve(way[i].Main - half, way[i].Cross);
                path.Straight(way[i].Main + half, way[i].Cross);
            }
        }

        var (x, y) = path.Middle;
        var level = line.IsInLoop || line.Repeats > 10 ? "failure" : line.Repeats > 0 ? "attention" : line.PerRequest is null ? "unseen" : "well";
        return new DrawnLine(line, path.ToString(), x, y, isBack && line.PerRequest is null ? "" : Label(line), level, focus is null || line.From == focus || line.To == focus);
    }

    private DrawnLine Event(GraphLine line, string? focus)
    {
        var (from, to) = (_spots[line.From], _spots[line.To]);
        var path = new CurvedPath(_isDown);
        var half = NodeCross / 2;
        // Told against the way of the calls, so along the sides across it.
        var side = to.Cross >= from.Cross ? 1 : -1;
        if (from.Layer == to.Layer)
        {
            path.Move(from.Main + (NodeMain / 4), from.Cross + (side * half));
            path.Bow(to.Main + (NodeMain / 4), to.Cross - (side * (half + 7)), 0);
        }
        else
        {
            path.Move(from.Main - (NodeMain / 4), from.Cross + (side * half));
            path.Bow(to.Main + (NodeMain / 4), to.Cross + (side * (half + 7)), side * 26);
        }

        return new DrawnLine(line, path.ToString(), 0, 0, "", "event", focus is null || line.From == focus || line.To == focus);
    }

    private double Port(Spot spot, Spot other, bool isOut)
    {
        var tied = spot.Ties.Where(t => isOut ? t.Layer > spot.Layer : t.Layer < spot.Layer).OrderBy(t => t.Cross).ToList();
        var at = tied.IndexOf(other);
        var step = Math.Min(_isDown ? 22 : 14, NodeCross / (tied.Count + 1));
        return at < 0 ? 0 : (at - ((tied.Count - 1) / 2.0)) * step;
    }

    private static string Label(GraphLine line) => line switch
    {
        { PerRequest: null } => "",
        { PerRequest: { } p50, PerRequestP99: { } p99 } when p99 > p50 => $"{p50:0}–{p99:0}",
        _ => $"{line.PerRequest:0}",
    };

    private (double X, double Y) At(double main, double cross) => _isDown ? (cross, main) : (main, cross);

    private sealed class Spot(string? module, int layer)
    {
        /// <summary>Null where a line only passes.</summary>
        public string? Module { get; } = module;

        public int Layer { get; } = layer;

        public List<Spot> Ties { get; } = [];

        public double Main { get; set; }

        public double Cross { get; set; }

        public double Wish { get; set; }
    }
}

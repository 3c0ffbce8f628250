using System.Globalization;

namespace Streaming.Catalog.Demo;

/// <summary>
/// A moving picture out of ffmpeg's generators: layers painted once, from back to front, then slid past each other. Painting each frame anew
/// (geq) would take minutes. Lengths are shares of the picture's height, speeds are pictures' heights a second.
/// </summary>
/// <param name="offset">Seconds into the film at which the picture starts; artwork is one frame from the middle, at its own size.</param>
internal sealed class Scene(int width, int height, string rate, double offset)
{
    private readonly List<string> _chains = [];
    private string _canvas = "";
    private int _labels;

    private string Time => offset == 0 ? "t" : $"(t+{N(offset)})";

    /// <summary>A fill from top to bottom; the first layer of every scene.</summary>
    public Scene Sky(params string[] colours)
    {
        _canvas = Label();
        _chains.Add($"{Gradient(width, height, colours)},format=yuv420p{Hold}[{_canvas}]");
        return this;
    }

    /// <summary>A disc with a halo that drifts; sun, moon, planet.</summary>
    /// <param name="phase">0 is full; towards 1 a shadow covers it from the right.</param>
    public Scene Disc(string colour, double x, double y, double radius, double glow, double rise = 0, double drift = 0, double strength = 0.55, double phase = 0)
    {
        var (r, side) = (radius * height, (int)Math.Ceiling((radius + glow * 2.2) * height) / 2 * 4);
        var d = $"hypot(X-{side / 2},Y-{side / 2})";
        var shade = phase == 0 ? "1" : $"clip(({N(r)}*(1-2*{N(phase)})+{N(r * 0.9)}-hypot(X-{side / 2}+{N(r * 0.55)},Y-{side / 2}+{N(r * 0.35)})*0.9)/{N(r * 0.5)},0.04,1)";
        var alpha = $"255*max(clip({N(r)}-{d},0,1)*{shade},{N(strength)}*exp(-max(0,{d}-{N(r)})/{N(glow * height * 0.5)})*gt({d},{N(r * (phase == 0 ? 0 : 0.985))})*clip(({side / 2}-{d})/{N(side * 0.12)},0,1))";
        var layer = Masked($"color=c={colour}:s={side}x{side}:r={rate}", side, side, alpha);
        return Over(layer, $"x='{N(x * width - side / 2)}+{Time}*{N(drift * height)}':y='{N(y * height - side / 2)}-{Time}*{N(rise * height)}'");
    }

    /// <summary>Points of light, more of them towards the top; the same seed gives the same sky.</summary>
    public Scene Stars(double density, int seed, double speed = 0, double reach = 1)
    {
        var light = Rare(Hash("X*12.9898+Y*78.233", seed), density, $"255*(0.25+0.75*{Hash("X*39.3468+Y*11.135", seed + 1)})*clip(1-Y/({N(reach * height)}),0,1)");
        return Slide(Tile(Masked($"color=c=white:s={width}x{height}:r={rate}", width, height, light)), speed);
    }

    /// <summary>A ridge whose line repeats after a picture's width, so it can slide for ever.</summary>
    /// <param name="line">Height of the ridge above <paramref name="horizon"/> at X, from 0 to 1; see <see cref="Ridge"/>.</param>
    public Scene Land(double horizon, double rise, string line, double speed, params string[] colours)
    {
        var mask = Label();
        _chains.Add($"{Skyline(horizon, rise, line)},geq=lum='65535*clip(Y-{LineHere},0,1)',format=gray[{mask}]");
        return Slide(Tile(Merge(Gradient(width, height, colours), mask)), speed);
    }

    /// <summary>Lit windows in a skyline made by <see cref="Ridge.Towers"/> with the same numbers.</summary>
    public Scene Windows(double horizon, double rise, string line, double speed, string colour, int seed, double lit)
    {
        var (w, h, mask) = (N(width / 140d), N(height / 56d), Label());
        var cell = Hash($"floor(mod(X,{width})/{w})*7.31+floor(Y/{h})*13.77", seed);
        var light = Rare(cell, lit, $"59000*(0.35+0.65*{Hash($"floor(X/{w})+floor(Y/{h})*3.7", seed + 5)})");
        var inside = $"gt(Y,{LineHere}+{N(height * 0.012)})*lt(mod(X,{w}),{w}*0.55)*lt(mod(Y,{h}),{h}*0.5)";
        _chains.Add($"{Skyline(horizon, rise, line)},geq=lum='if({inside},{light},0)',format=gray[{mask}]");
        return Slide(Tile(Merge($"color=c={colour}:s={width}x{height}:r={rate}", mask)), speed);
    }

    /// <summary>Soft drifting clouds or mist, thickest at <paramref name="at"/> and gone at <paramref name="spread"/> from it.</summary>
    public Scene Clouds(string colour, int seed, double cover, double at, double spread, double speed, double opacity = 0.85, double stretch = 2.2)
    {
        string Octave(double scale) => $"nullsrc=s={Math.Max(8, (int)(scale * 16 / 9 / stretch) + 2)}x{(int)scale + 2}:r={rate},trim=end_frame=1,format=gray,geq=lum='255*{Hash("X*12.9898+Y*78.233", seed + (int)scale)}',scale={width}:{height}:flags=bicubic,setsar=1";
        var (a, b, c, d, mix, fine) = (Label(), Label(), Label(), Label(), Label(), Label());
        _chains.Add($"{Octave(5)}[{a}]");
        _chains.Add($"{Octave(11)}[{b}]");
        _chains.Add($"{Octave(26)}[{c}]");
        _chains.Add($"[{a}][{b}]blend=all_opacity=0.62[{mix}]");
        _chains.Add($"[{mix}][{c}]blend=all_opacity=0.82[{fine}]");
        var shape = $"{N(opacity * 255)}*clip((lum(X,Y)/255-{N(1 - cover)})*3.2,0,1)*clip(1-pow((Y-{N(at * height)})/{N(spread * height)},2),0,1)";
        _chains.Add($"[{fine}]geq=lum='{shape}'[{d}]");
        return Slide(Tile(Merge($"color=c={colour}:s={width}x{height}:r={rate}", d), mirrored: true), speed);
    }

    /// <summary>Falling or rising specks: snow, rain, embers, bubbles.</summary>
    public Scene Specks(string colour, int seed, double density, double fall, double drift, double size, double length, double opacity)
    {
        var (w, h) = ((int)(width / size / 2) * 2, (int)(height / length / 2) * 2);
        var alpha = Rare(Hash("X*12.9898+Y*78.233", seed), density, $"{N(opacity * 255)}*(0.4+0.6*{Hash("X*3.1+Y*17.7", seed + 3)})");
        var small = Masked($"color=c={colour}:s={w}x{h}:r={rate}", w, h, alpha, hold: false);
        var (grown, quad) = (Label(), Label());
        _chains.Add($"[{small}]scale={width}:{height}:flags=bicubic,setsar=1,split=4[{grown}a][{grown}b][{grown}c][{grown}d]");
        _chains.Add($"[{grown}a][{grown}b]hstack[{grown}x];[{grown}c][{grown}d]hstack[{grown}y];[{grown}x][{grown}y]vstack{Hold}[{quad}]");
        var (x, y) = ($"mod({Time}*{N(Math.Abs(drift) * height)},{width})", $"mod({Time}*{N(Math.Abs(fall) * height)},{height})");
        var (cropX, cropY) = (drift > 0 ? $"{width}-{x}" : x, fall > 0 ? $"{height}-{y}" : y);
        var cropped = Label();
        _chains.Add($"[{quad}]crop={width}:{height}:x='{cropX}':y='{cropY}'[{cropped}]");
        return Over(cropped, "x=0:y=0");
    }

    /// <summary>Light that really changes from frame to frame; computed on very few points and enlarged.</summary>
    public Scene Glow(string colour, string light, int points = 40, double framesPerSecond = 8)
    {
        var (w, h) = (points * width / height, points);
        var (mask, layer) = (Label(), Label());
        var expression = light.Replace("{w}", $"{w}", StringComparison.Ordinal).Replace("{h}", $"{h}", StringComparison.Ordinal)
            .Replace("{t}", $"(T+{N(offset)})", StringComparison.Ordinal);
        _chains.Add($"nullsrc=s={w}x{h}:r={N(framesPerSecond)},format=gray,geq=lum='255*clip({expression},0,1)',scale={width}:{height}:flags=bicubic,setsar=1,fps={rate}[{mask}]");
        _chains.Add($"color=c={colour}:s={width}x{height}:r={rate}[{mask}c];[{mask}c][{mask}]alphamerge,format=yuva420p[{layer}]");
        return Over(layer, "x=0:y=0:shortest=1");
    }

    /// <summary>A zoom into the Mandelbrot set, its brightness mapped to three colour curves.</summary>
    public Scene Fractal(double x, double y, double from, double to, double seconds, string red, string green, string blue)
    {
        _canvas = Label();
        // The generator starts at its own beginning; an offset is a narrower start.
        var start = from * Math.Pow(to / from, offset / seconds);
        _chains.Add(
            $"mandelbrot=s={width / 2}x{height / 2}:r={rate}:start_x={x.ToString(CultureInfo.InvariantCulture)}:start_y={y.ToString(CultureInfo.InvariantCulture)}:start_scale={start.ToString("0.########", CultureInfo.InvariantCulture)}:end_scale={to.ToString("0.########", CultureInfo.InvariantCulture)}"
            + $":end_pts={N((seconds - offset) * FrameRateValue)}:maxiter=700:inner=black:outer=normalized_iteration_count,format=gbrp,extractplanes=r,gblur=sigma=1.5,scale={width}:{height}:flags=bicubic,setsar=1,"
            + $"format=gbrp,curves=r='{red}':g='{green}':b='{blue}',format=yuv420p[{_canvas}]");
        return this;
    }

    /// <summary>The whole graph, ending in the label <c>film</c>.</summary>
    public string Graph(string finish) => $"{string.Join(';', _chains)};[{_canvas}]{finish}[film]";

    private double FrameRateValue => rate.Split('/') is [var n, var d] ? double.Parse(n, CultureInfo.InvariantCulture) / double.Parse(d, CultureInfo.InvariantCulture) : double.Parse(rate, CultureInfo.InvariantCulture);

    private static string Hold => ",loop=loop=-1:size=1";

    private string LineHere => $"lum(X,Y)*{N(height / 65535d * 1000)}/1000";

    /// <summary>The line is worked out once per column and spread down, instead of once per pixel.</summary>
    private string Skyline(double horizon, double rise, string line) =>
        $"nullsrc=s={width}x2:r={rate},trim=end_frame=1,format=gray16,geq=lum='65535*clip({N(horizon)}-{N(rise)}*({line}),0,1)',scale={width}:{height}:flags=neighbor,setsar=1,format=gray16";

    private static string Rare(string chance, double density, string value) => $"if(gt({chance},{N(1 - density)}),{value},0)";

    private string Gradient(int w, int h, string[] colours)
    {
        string[] stops = colours is [var only] ? [only, only] : colours;
        return $"gradients=s={w}x{h}:r={rate}:nb_colors={stops.Length}:{string.Join(':', stops.Select((c, i) => $"c{i}={c}"))}:x0=0:y0=0:x1=0:y1={h - 1}:seed=1:speed=0.00001,trim=end_frame=1";
    }

    private string Masked(string fill, int w, int h, string alpha, bool hold = true)
    {
        var mask = Label();
        _chains.Add($"nullsrc=s={w}x{h}:r={rate},trim=end_frame=1,format=gray,geq=lum='{alpha}'[{mask}]");
        return Merge(fill, mask, hold);
    }

    private string Merge(string fill, string mask, bool hold = false)
    {
        var layer = Label();
        _chains.Add($"{fill},trim=end_frame=1,format=yuv420p[{layer}f];[{layer}f][{mask}]alphamerge,format=yuva420p{(hold ? Hold : "")}[{layer}]");
        return layer;
    }

    private string Tile(string layer, bool mirrored = false)
    {
        var (a, b, tiled) = (Label(), Label(), Label());
        // The layer came held; one picture is enough to lay two side by side, and the pair is held instead.
        _chains.Add($"[{layer}]trim=end_frame=1,split[{a}][{b}]");
        _chains.Add($"[{b}]{(mirrored ? "hflip" : "null")}[{b}m];[{a}][{b}m]hstack{Hold}[{tiled}]");
        return tiled;
    }

    private Scene Slide(string strip, double speed)
    {
        var cropped = Label();
        var x = $"mod({Time}*{N(Math.Abs(speed) * height)},{width})";
        _chains.Add($"[{strip}]crop={width}:{height}:x='{(speed < 0 ? $"{width}-{x}" : x)}':y=0[{cropped}]");
        return Over(cropped, "x=0:y=0");
    }

    private Scene Over(string layer, string place)
    {
        var next = Label();
        _chains.Add($"[{_canvas}][{layer}]overlay={place}[{next}]");
        _canvas = next;
        return this;
    }

    private static string Hash(string of, int seed) => $"mod(abs(sin({of}+{seed * 1.618:0.###})*43758.5453),1)";

    private string Label() => $"l{_labels++}";

    private static string N(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);
}

/// <summary>Lines of ridges, from 0 to 1, that repeat after a picture's width.</summary>
internal sealed class Ridge(int width)
{
    public string Hills(int waves, double phase) =>
        F($"(0.5+0.28*sin({Turn(waves)}+{phase})+0.15*sin({Turn(waves * 2 + 1)}+{phase * 2.3})+0.07*sin({Turn(waves * 5 + 2)}+{phase * 4.1}))");

    public string Peaks(int peaks, double phase) =>
        F($"(0.5*(1-abs(sin({Turn(peaks)}/2+{phase})))+0.27*(1-abs(sin({Turn(peaks + 2)}/2+{phase * 1.7})))+0.15*(1-abs(sin({Turn(peaks * 2 + 3)}/2+{phase * 3.1})))+0.06*(1-abs(sin({Turn(peaks * 5 + 1)}/2+{phase})))+0.02*(1-abs(sin({Turn(peaks * 11)}/2+{phase}))))");

    /// <summary>A hill with fir trees on it.</summary>
    public string Firs(int trees, int waves, double phase, double tall) =>
        F($"({Hills(waves, phase)}*{1 - tall}+{tall}*(0.35+0.65*{Pick(trees, 3)})*pow(1-abs(2*mod(X*{trees}/{width},1)-1),1.15))");

    public string Towers(int towers, int seed) =>
        F($"max(0.12+0.88*pow({Pick(towers, seed)},1.6),(0.1+0.5*{Pick(towers * 2 + 1, seed + 9)}))");

    private string Pick(int cells, int seed) => F($"mod(abs(sin((floor(mod(X,{width})*{cells}/{width})+1)*12.9898+{seed})*43758.5453),1)");

    private string Turn(int times) => F($"2*PI*{times}*X/{width}");

    private static string F(FormattableString text) => FormattableString.Invariant(text);
}

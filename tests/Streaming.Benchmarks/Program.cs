using Streaming.Benchmarks;
using Streaming.Benchmarks.Contracts;

IBench[] benches = [new ContractsBench()];

var json = args is [_, "--json", var file] ? file : null;
var chosen = args.Length is 1 or 3 ? benches.SingleOrDefault(b => b.Name == args[0]) : null;
if (chosen is null || (args.Length == 3 && json is null))
{
    Console.Error.WriteLine("usage: build/bench NAME [--json FILE]");
    foreach (var bench in benches) Console.Error.WriteLine($"  {bench.Name,-12} {bench.About}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var rows = await chosen.Run(stop.Token);
Report.Print(chosen, rows);
if (json is not null) await Report.Write(json, rows, stop.Token);
return rows.All(r => r.Holds is not false) ? 0 : 1;

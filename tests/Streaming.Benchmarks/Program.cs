using System.Runtime.InteropServices;
using Streaming.Benchmarks;
using Streaming.Benchmarks.Caching;
using Streaming.Benchmarks.Contracts;
using Streaming.Benchmarks.Extraction;
using Streaming.Benchmarks.Gateway;
using Streaming.Benchmarks.Ingesting;
using Streaming.Benchmarks.Observing;
using Streaming.Benchmarks.Resilience;
using Streaming.Benchmarks.Serving;
using Streaming.Benchmarks.Soaking;
using Streaming.Benchmarks.Watching;

if (args is [BareServer.Verb, var url, var page]) return await BareServer.Serve(url, page, CancellationToken.None);

if (args is [GatewayServers.Verb, var what, var at, var more]) return await GatewayServers.Serve(what, at, more, CancellationToken.None);

IBench[] benches = [new ContractsBench(), new IngestBench(), new PlaybackBench(), new HostBench(), new ResilienceBench(), new GatewayBench(), new CacheBench(), new RecordingBench(), new ExtractionBench()];

var isSoak = args is [FaultSoak.Verb, ..];
var json = args is [_, "--json", var file] ? file : null;
var chosen = args.Length is 1 or 3 ? benches.SingleOrDefault(b => b.Name == args[0]) : null;
if (!isSoak && (chosen is null || (args.Length == 3 && json is null)))
{
    Console.Error.WriteLine("usage: build/bench NAME [--json FILE]");
    foreach (var bench in benches) Console.Error.WriteLine($"  {bench.Name,-12} {bench.About}");
    return 2;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // Hosts, browsers and folders are put away first.
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    if (isSoak) return args is [_, ExtractionSoak.Name, ..] ? await ExtractionSoak.Run(args[1..], stop.Token) : await FaultSoak.Run(args[1..], stop.Token);
    var rows = await chosen!.Run(stop.Token);
    Report.Print(chosen!, rows);
    if (json is not null) await Report.Write(json, rows, stop.Token);
    return rows.All(r => r.Holds is not false) ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped; nothing was measured to the end.");
    return 130;
}

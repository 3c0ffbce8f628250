using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Ingesting;

/// <summary>What ingest costs over the ffmpeg runs that it consists of, how fast three rungs are made, and how soon a film can be watched.</summary>
internal sealed class IngestBench : IBench
{
    private const double Seconds = 20;
    private const int Pairs = 5;

    public string Name => "ingest";

    public string About => "a 1080p film taken in by a running host, against the same ffmpeg runs bare";

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var film = await Clip.Film(scratch["film.mp4"], Seconds, 1920, 1080, cancellationToken);
        await using var host = await HostProcess.Start(scratch["data"], cancellationToken);
        using var client = await host.SignedIn(cancellationToken);
        // A host that has just started compiles its code with the first film; that is its start, not an ingest.
        await client.Ready(await client.Upload(await Clip.Copy(film, scratch["first.mp4"], cancellationToken), cancellationToken), cancellationToken);

        Step.Say("the film is there and the host is warm");
        var (ours, bare) = (new List<Taken>(), new List<BareRuns.Spent>());
        var (three, threeBare) = (new List<double>(), new List<double>());
        for (var i = 0; i < Pairs; i++)
        {
            ours.Add(await TakeIn(host, client, await Clip.Copy(film, scratch[$"copy-{i}.mp4"], cancellationToken), cancellationToken));
            bare.Add(await BareRuns.Repeat(film, scratch[$"bare-{i}"], cancellationToken));
            three.Add(Seconds / await ThreeRungs.AsIngest(film, scratch[$"three-{i}"], cancellationToken));
            threeBare.Add(Seconds / await ThreeRungs.Bare(film, scratch[$"three-bare-{i}"], cancellationToken));
            Step.Say($"round {i + 1} of {Pairs}: ingest {ours[^1].Cpu:0.0} s of CPU, bare {bare[^1].Cpu:0.0} s, first segment after {ours[^1].FirstSegment:0.00} s, three rungs at {three[^1]:0.00}, bare {threeBare[^1]:0.00}");
        }

        // Round by round: what the machine is busy with meanwhile falls on both.
        var over = Median(ours.Zip(bare, (o, b) => o.Cpu / b.Cpu));
        var (speed, speedBare) = (Median(three), Median(threeBare));
        return
        [
            new Row("CPU of an ingest, s (peer: the same ffmpeg runs bare)", Median(ours.Select(o => o.Cpu)), Median(bare.Select(b => b.Cpu)), over, "≤ 1.05 × peer, median of the rounds", over <= 1.05),
            new Row("three rungs of 1080p, media s per s (peer: one bare ffmpeg)", speed, speedBare, speed / speedBare, "≥ 0.9 × real time", speed >= 0.9),
            Row.AtMost("upload's end to first segment fetched, worst, s", ours.Max(o => o.FirstSegment), 5, "s"),
            Row.Plain("all five rungs, upload to ready, media s per s (peer: the same ffmpeg runs)", Seconds / Median(ours.Select(o => o.Wall)), Seconds / Median(bare.Select(b => b.Wall))),
        ];
    }

    private static double Median(IEnumerable<double> values) => Samples.Percentile(values, 50);

    private static async Task<Taken> TakeIn(HostProcess host, HttpClient client, FileInfo file, CancellationToken ct)
    {
        var before = Processor.Seconds(host.Id);
        var begun = Stopwatch.GetTimestamp();
        var ingest = await client.Upload(file, ct);
        var uploaded = Stopwatch.GetTimestamp();
        await FirstSegment(client, (await client.Ingest(ingest, ct)).GetProperty("titleId").GetGuid(), ct);
        var playable = Stopwatch.GetElapsedTime(uploaded).TotalSeconds;
        await client.Ready(ingest, ct);
        return new Taken(Processor.Seconds(host.Id) - before, Stopwatch.GetElapsedTime(begun).TotalSeconds, playable);
    }

    /// <summary>What a player does: a session, the master playlist, a rung's playlist, its initialisation and its first segment.</summary>
    private static async Task FirstSegment(HttpClient client, Guid title, CancellationToken ct)
    {
        JsonElement session;
        while (true)
        {
            using var answer = await client.PostAsJsonAsync("/api/playback/sessions", new { titleId = title }, ct);
            if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            {
                await answer.Expect(HttpStatusCode.Created, ct);
                session = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
                break;
            }

            await Task.Delay(50, ct);
        }

        var master = new Uri(client.BaseAddress!, session.Text("hls"));
        var rung = new Uri(master, (await client.GetStringAsync(master, ct)).Split('\n').First(line => line.Length > 0 && line[0] != '#').Trim());
        foreach (var part in Answers.Addresses(await client.GetStringAsync(rung, ct)).Take(2))
            if ((await client.GetByteArrayAsync(new Uri(rung, part), ct)).Length == 0) throw new InvalidOperationException($"{part} is empty.");
    }

    private sealed record Taken(double Cpu, double Wall, double FirstSegment);
}

using System.Globalization;
using Spectre.Console;
using Streaming.Benchmarks.Running;

namespace Streaming.Benchmarks.Soaking;

/// <summary>
/// The fault matrix as one run: viewers ask all the time while one thing after another breaks and comes back. Whatever is not answered with
/// success within 10 s was felt, also what was refused for too much load: the run makes none.
/// </summary>
internal static class FaultSoak
{
    public const string Verb = "soak";

    private const string Name = "faults";
    private const int WholeSeconds = 600;
    private const int PerSecond = 350;
    private const double LeastAvailability = 99.99;
    private const int LeastRequests = 200_000;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(6);

    public static async Task<int> Run(string[] arguments, CancellationToken ct)
    {
        if (!TryRead(arguments, out var seconds, out var json))
        {
            await Console.Error.WriteLineAsync($"usage: build/soak {Name} [--seconds N] [--json FILE]\n  {Name}   {WholeSeconds} s of faults with {PerSecond} requests a second, or N from 30\n  extraction   modules that move under load");
            return 2;
        }

        var postgres = Environment.GetEnvironmentVariable("STREAMING_TEST_POSTGRES") ?? throw new InvalidOperationException("STREAMING_TEST_POSTGRES is not set; build/soak sets it.");
        var postgresId = int.Parse(Environment.GetEnvironmentVariable("STREAMING_SOAK_POSTGRES_PID") ?? "", CultureInfo.InvariantCulture);
        await using var stage = await SoakStage.Start(postgres, postgresId, ct);
        var tallies = await Play(Phases(stage), stage, seconds, ct);
        var rows = Rows(tallies, isWhole: seconds >= WholeSeconds);
        Print(tallies, rows);
        if (json is not null) await Report.Write(json, rows, ct);
        return rows.All(r => r.Holds is not false) ? 0 : 1;
    }

    /// <summary>In this order. Whoever adds a part that can break adds its phase here.</summary>
    private static IReadOnlyList<Phase> Phases(SoakStage stage) =>
    [
        new("calm", 10),
        new("own cache zone stopped (SIGSTOP)", 10, () => stage.Zones[0].Stop(), () => stage.Zones[0].Continue()),
        new("own cache zone killed", 10, () => stage.Zones[0].Kill(), () => stage.Zones[0].Run()),
        new("own cache zone back, empty", 10),
        new("all cache zones dead", 10, () => Each(stage, z => z.Kill()), () => Each(stage, z => z.Run())),
        new("all cache zones back, empty", 10),
        new("Redis of the limits dead", 10, () => stage.Limiter.Kill(), () => stage.Limiter.Run()),
        new("recommendations isolated", 10, () => stage.Isolate(true), () => stage.Isolate(false)),
        new("PostgreSQL stopped for 2 s", 10, () => stage.StopPostgres(TimeSpan.FromSeconds(2))),
        new("calm again", 10),
    ];

    private static async Task<List<Tally>> Play(IReadOnlyList<Phase> phases, SoakStage stage, int seconds, CancellationToken ct)
    {
        // A host that has just started compiles what it runs; it is given to do little by little, and nothing of that counts.
        Step.Say("warming up");
        foreach (var share in new[] { 8, 4, 2, 1 }) await new Viewers(stage, PerSecond / share).Ask(_warmUp, new Tally(""), ct);
        var viewers = new Viewers(stage, PerSecond);
        var (tallies, parts) = (new List<Tally>(), phases.Sum(p => p.Share));
        foreach (var phase in phases)
        {
            var tally = new Tally(phase.Name);
            tallies.Add(tally);
            Step.Say(phase.Name);
            try
            {
                await Task.WhenAll(viewers.Ask(TimeSpan.FromSeconds((double)seconds * phase.Share / parts), tally, ct), phase.Break?.Invoke() ?? Task.CompletedTask);
            }
            finally
            {
                if (phase.Mend is { } mend) await mend();
            }
        }

        return tallies;
    }

    private static List<Row> Rows(List<Tally> tallies, bool isWhole)
    {
        var (requests, failed) = (tallies.Sum(t => t.Requests), tallies.Sum(t => t.Failed));
        var availability = 100.0 * (requests - failed) / requests;
        return
        [
            .. tallies.SelectMany(t => new[]
            {
                Row.Plain($"{t.Phase}: requests", t.Requests), Row.Plain($"{t.Phase}: failed", t.Failed), Row.Plain($"{t.Phase}: p50, ms", t.Percentile(50)),
                Row.Plain($"{t.Phase}: p99, ms", t.Percentile(99)), Row.Plain($"{t.Phase}: p99.9, ms", t.Percentile(99.9)),
            }),
            Row.Plain("requests not made, because the load program stood still", tallies.Sum(t => t.NotMade)),
            isWhole ? Row.AtLeast("requests", requests, LeastRequests, "") : Row.Plain("requests", requests),
            Row.AtLeast("availability, %", availability, LeastAvailability, "%"),
        ];
    }

    private static void Print(List<Tally> tallies, List<Row> rows)
    {
        var table = new Table().Title("a host while things around it break").AddColumn("phase");
        foreach (var heading in new[] { "requests", "failed", "availability, %", "p50, ms", "p99, ms", "p99.9, ms" }) table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddColumn("failures");
        foreach (var t in tallies)
            table.AddRow(t.Phase, Number(t.Requests), Number(t.Failed), Number(t.Availability), Number(t.Percentile(50)), Number(t.Percentile(99)), Number(t.Percentile(99.9)), Markup.Escape(t.Failures));
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 180;
        AnsiConsole.Write(table);
        foreach (var row in rows.TakeLast(3)) Console.WriteLine($"{row.Measure}: {Number(row.Ours)} {(row.Holds is { } holds ? $"({row.Bound?.Trim()}: {(holds ? "holds" : "does not hold")})" : "")}");
        Console.WriteLine($"machine: {Machine.Describe()}");
        Console.WriteLine($"command: build/soak {Name}");
    }

    private static string Number(double value) => value.ToString("#,0.####", CultureInfo.InvariantCulture);

    private static Task Each(SoakStage stage, Func<Streaming.ModuleTests.Fixtures.RedisServer, Task> act) => Task.WhenAll(stage.Zones.Select(act));

    private static bool TryRead(string[] arguments, out int seconds, out string? json)
    {
        (seconds, json) = (WholeSeconds, null);
        if (arguments is not [Name, ..] || arguments.Length % 2 == 0) return false;
        for (var i = 1; i < arguments.Length; i += 2)
            switch (arguments[i])
            {
                case "--json": json = arguments[i + 1]; break;
                case "--seconds" when int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds >= 30: break;
                default: return false;
            }

        return true;
    }
}

using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.Host.Commands;
using Streaming.Host.Running;
using Streaming.Platform.Dial.Guarding;
using Streaming.Platform.Dial.Shadowing;

namespace Streaming.Host.Rehearsing;

/// <summary>
/// Moves modules to an instance beside the running host, step by step under the traffic that there is, watches, and takes everything back:
/// whatever happens, they are at home when it ends.
/// </summary>
/// <param name="host">An operator's client.</param>
/// <param name="plan">What is to be done.</param>
/// <param name="launch">Starts the instance of that name.</param>
/// <param name="tell">Is told how it stands, once a second.</param>
/// <param name="complete">What is done once everybody is served there and all is well, before the modules come home; null for nothing.</param>
internal sealed class Rehearsal(
    HttpClient host, RehearsalPlan plan, Func<string, InstanceChild> launch, Action<RehearsalNews> tell, Func<CancellationToken, Task<(Verdict, string)>>? complete = null)
{
    private const string Resource = "/api/operations/dial";
    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _start = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly List<RehearsalStep> _steps = [];
    private double? _homeAfter;
    private StepMeter? _meter;

    private string Instance => $"rehearsal-{plan.Name}";

    /// <exception cref="StartFailure">It cannot begin; the message says why.</exception>
    public async Task<RehearsalReport> Run(CancellationToken ct)
    {
        foreach (var before in await Modules(ct))
        {
            if (before.Mode != "in-process") throw new StartFailure($"{before.Module} is not at home but {before.Mode}. Bring it home first: streaming dial {before.Module} in-process");
            if (before.Instances.Count > 0)
                throw new StartFailure($"There is an instance of {before.Module} already ({string.Join(", ", before.Instances)}): either it serves, or another rehearsal runs. Stop it first.");
        }

        await using var load = plan.Load > 0 ? new RehearsalLoad(host.BaseAddress!, plan.Load) : null;
        await using var child = launch(Instance);
        var (verdict, reason) = (Verdict.Ready, "");
        try
        {
            await Known(child, ct);
            load?.Begin();
            _meter = new StepMeter(host, child);
            (verdict, reason) = await Metered(() => Shadow(ct), ct);
            foreach (var share in RehearsalPlan.Shares)
                if (verdict == Verdict.Ready) (verdict, reason) = await Metered(() => Canary(share, child, ct), ct);
            if (verdict == Verdict.Ready && complete is not null) (verdict, reason) = await complete(ct);
        }
        finally
        {
            await Home();
        }

        if (verdict == Verdict.Ready) _steps.Add(new RehearsalStep("0 %", 0, null, null, "back at home"));
        var asked = load?.Report;
        if (plan.Injection != Injection.None) (verdict, reason) = Judge(verdict, reason);
        if (asked is { Failed: > 0 } && verdict is Verdict.Ready or Verdict.Withstood) (verdict, reason) = (Verdict.NotReady, $"{asked.Failed} of the rehearsal's own requests failed.");
        return new RehearsalReport(
            plan.Title, Word(plan.Injection.ToString()), TimeProvider.System.GetUtcNow(), typeof(Rehearsal).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            _steps, asked, _homeAfter, Word(verdict.ToString()), reason.Trim())
        { MovedTo = plan.Binary?.Version };
    }

    /// <summary>What is done on purpose is meant to bring the module home; contracts that have changed are not asked in the first place.</summary>
    private (Verdict, string) Judge(Verdict verdict, string reason) => (plan.Injection, verdict) switch
    {
        (Injection.Skew, Verdict.Ready) => (Verdict.Withstood, "Contracts that are not understood there were carried out here."),
        (not Injection.Skew, Verdict.NotReady) when _homeAfter is not null => (Verdict.Withstood, reason),
        (_, Verdict.Ready) => (Verdict.NotReady, "What was done to the instance was not noticed."),
        _ => (verdict, reason),
    };

    private async Task Known(InstanceChild child, CancellationToken ct)
    {
        for (var since = Stopwatch.StartNew(); !(await Modules(ct)).All(m => m.Instances.Contains(Instance)); await Task.Delay(_beat / 4, ct))
        {
            tell(new RehearsalNews("starting the instance", since.Elapsed, _steps, null, null));
            if (child.HasEnded) throw new StartFailure($"The instance did not start:\n{child.Said}");
            if (since.Elapsed > _start) throw new StartFailure($"The instance did not come within {_start.TotalSeconds:0} s:\n{child.Said}");
        }

        // Known, and asked by the host how it is.
        await Task.Delay(_beat * 2, ct);
    }

    private async Task<(Verdict, string)> Shadow(CancellationToken ct)
    {
        await Turn("shadow", 0, ct);
        var since = Stopwatch.StartNew();
        while (true)
        {
            await Task.Delay(_beat, ct);
            var now = (await Modules(ct)).Shadow();
            tell(new RehearsalNews("shadow", since.Elapsed, _steps, null, now));
            if (now is { Mismatched: > 0 } && since.Elapsed >= plan.Step) return End("shadow", since, null, now, Verdict.NotReady, $"{now.Mismatched} of {now.Compared} answers are different there.");
            if (since.Elapsed < plan.Step || (now?.Compared ?? 0) < Math.Min(plan.LeastCalls, 100) && since.Elapsed < plan.Patience) continue;
            if (now is null || now.Compared == 0)
                return End("shadow", since, null, now, now is { Failed: > 0 } ? Verdict.NotReady : Verdict.NotEnoughTraffic, now is { Failed: > 0 } ? $"No copy was answered there: {now.LastFailure}." : "No contract of it was called.");
            return End("shadow", since, null, now, Verdict.Ready, "");
        }
    }

    private async Task<(Verdict, string)> Canary(decimal share, InstanceChild child, CancellationToken ct)
    {
        await Turn("canary", share, ct);
        var (name, since, injectedAt) = ($"{share} %", Stopwatch.StartNew(), (TimeSpan?)null);
        GuardReport? last = null;
        while (true)
        {
            await Task.Delay(_beat, ct);
            var now = await Modules(ct);
            last = now.Guard() ?? last;
            tell(new RehearsalNews(name, since.Elapsed, _steps, last, null));
            // What is wrong with it from its start has had its effect from the first call on.
            if (plan.Injection is Injection.Slow or Injection.Errors) injectedAt ??= TimeSpan.Zero;
            if (share == RehearsalPlan.InjectedAt && injectedAt is null && since.Elapsed >= plan.Step / 2)
            {
                injectedAt = since.Elapsed;
                if (plan.Injection == Injection.Kill) child.Kill();
                if (plan.Injection == Injection.Hang) await child.Hang();
            }

            if (now.FirstOrDefault(m => m.Mode == "in-process") is { } back)
            {
                if (injectedAt is { } at) _homeAfter = (since.Elapsed - at).TotalSeconds;
                return End(name, since, last, null, Verdict.NotReady, $"The guard brought {back.Module} home at {name}: {await Why(back.Module, ct)}.");
            }

            if (since.Elapsed < plan.Step) continue;
            var doubt = Math.Max(last?.FailedE ?? 1, last?.SlowE ?? 1);
            if ((last?.CallsThere ?? 0) >= plan.CallsAt(share) && doubt < RehearsalPlan.MostDoubt) return End(name, since, last, null, Verdict.Ready, "");
            if (since.Elapsed < plan.Patience) continue;
            return End(name, since, last, null, Verdict.NotEnoughTraffic, doubt >= RehearsalPlan.MostDoubt
                ? $"At {name} there stays some evidence that it fares worse there ({doubt:0.#})."
                : $"At {name} only {last?.CallsThere ?? 0} calls came within {plan.Patience.TotalSeconds:0} s, of {plan.CallsAt(share)} that are asked for. Rehearse under more traffic, or with --load.");
        }
    }

    private async Task<(Verdict, string)> Metered(Func<Task<(Verdict, string)>> step, CancellationToken ct)
    {
        await _meter!.Begin(ct);
        var outcome = await step();
        if (await _meter.End(ct) is { } cost) _steps[^1] = _steps[^1] with { Cost = cost };
        return outcome;
    }

    private (Verdict, string) End(string name, Stopwatch since, GuardReport? guard, ShadowReport? shadow, Verdict verdict, string reason)
    {
        _steps.Add(new RehearsalStep(name, Math.Round(since.Elapsed.TotalSeconds, 1), guard, shadow, verdict == Verdict.Ready ? null : reason));
        return (verdict, reason);
    }

    private async Task Turn(string mode, decimal percent, CancellationToken ct)
    {
        foreach (var module in plan.Modules)
        {
            using var answer = await host.PutAsJsonAsync($"{Resource}/{module}", new { mode, percent, reason = "rehearsal", force = true }, ct);
            await answer.Check(ct);
        }
    }

    private async Task Home()
    {
        var failures = new List<Exception>();
        foreach (var module in plan.Modules)
        {
            try
            {
                using var answer = await host.PutAsJsonAsync($"{Resource}/{module}", new { mode = "in-process", reason = "the rehearsal is over" }, CancellationToken.None);
                await answer.Check(CancellationToken.None);
            }
            catch (Exception failure) when (failure is HttpRequestException or StartFailure)
            {
                failures.Add(failure);
            }
        }

        if (failures is [var first, ..]) throw new StartFailure($"Not all modules could be brought home: {first.Message} The instance's end does that; look at: streaming dial", first);
    }

    private async Task<string> Why(string module, CancellationToken ct)
    {
        using var answer = await host.GetAsync($"{Resource}/decisions?module={module}&limit=1", ct);
        return (await answer.ReadOrTell<JsonElement>(ct)).GetProperty("items")[0].GetProperty("reason").GetString() ?? "";
    }

    private async Task<IReadOnlyList<ModuleNow>> Modules(CancellationToken ct)
    {
        var all = await All(host, ct);
        return plan.Modules.FirstOrDefault(name => all.All(m => m.Module != name)) is { } unknown
            ? throw new StartFailure($"There is no module {unknown}. There are {string.Join(", ", all.Select(m => m.Module))}.")
            : [.. all.Where(m => plan.Modules.Contains(m.Module))];
    }

    /// <summary>The dials of all the modules that the host has.</summary>
    public static async Task<IReadOnlyList<ModuleNow>> All(HttpClient host, CancellationToken ct)
    {
        using var answer = await host.GetAsync(Resource, ct);
        return (await answer.ReadOrTell<JsonElement>(ct)).GetProperty("modules").Deserialize<List<ModuleNow>>(_json)!;
    }

    private static string Word(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}

/// <summary>How a rehearsal stands.</summary>
/// <param name="Step">Which.</param>
/// <param name="Elapsed">Since when.</param>
/// <param name="Done">Those that are over.</param>
/// <param name="Guard">What is counted now.</param>
/// <param name="Shadow">What is compared now.</param>
internal sealed record RehearsalNews(string Step, TimeSpan Elapsed, IReadOnlyList<RehearsalStep> Done, GuardReport? Guard, ShadowReport? Shadow);

using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.Kernel;
using Streaming.Platform.Data;

namespace Streaming.Platform.Readiness.Rehearsals;

/// <summary>The rehearsals that are kept in the data folder, in <c>rehearsals</c>.</summary>
/// <param name="data">Where that is.</param>
public sealed partial class RehearsalFiles(DataOptions data)
{
    private const int Most = 100;
    private const long Longest = 1 << 20;
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>The newest hundred, the newest first; what cannot be read among them.</summary>
    public async Task<IReadOnlyList<RehearsalEntry>> List(CancellationToken ct)
    {
        var found = new List<RehearsalEntry>();
        foreach (var name in Names().Take(Most))
            found.Add((await Read(name, ct)).TryGet(out var kept, out var error)
                ? new RehearsalEntry(name, kept.Module, kept.At, kept.Injection, kept.Verdict, kept.Reason)
                : new RehearsalEntry(name, null, null, null, "unreadable", error.Message));
        return found;
    }

    /// <summary>One of them; not found where there is none of that name, a conflict where its file cannot be read.</summary>
    public async Task<Result<KeptRehearsal>> Read(string name, CancellationToken ct)
    {
        // A name is never a way to another folder.
        if (!Name().IsMatch(name) || !File.Exists(PathOf(name, ".json"))) return Error.NotFound("rehearsal", name);
        try
        {
            await using var file = File.OpenRead(PathOf(name, ".json"));
            if (file.Length > Longest) return Unreadable(name, "it is larger than any report");
            var kept = await JsonSerializer.DeserializeAsync<KeptRehearsal>(file, _json, ct);
            // What an absent member becomes is null, whatever the type says.
            return kept is { Module: not null, Injection: not null, Steps: not null, Verdict: not null, Reason: not null } && kept.Steps.All(s => s is { Name: not null })
                ? kept : Unreadable(name, "something is missing in it");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            return Unreadable(name, failure.Message);
        }
    }

    /// <summary>The report for people, as it was written; null where there is none.</summary>
    public async Task<string?> Markdown(string name, CancellationToken ct) =>
        Name().IsMatch(name) && new FileInfo(PathOf(name, ".md")) is { Exists: true, Length: <= Longest } file ? await File.ReadAllTextAsync(file.FullName, ct) : null;

    /// <summary>The newest of a module in which nothing was done on purpose; null where there is none.</summary>
    public async Task<(string Name, KeptRehearsal Kept)?> Latest(string module, CancellationToken ct)
    {
        foreach (var name in Names().Where(n => n.Contains(module, StringComparison.Ordinal)).Take(Most))
            if ((await Read(name, ct)).TryGet(out var kept, out _) && kept.Module == module && kept.Injection == "none") return (name, kept);
        return null;
    }

    private static Result<KeptRehearsal> Unreadable(string name, string why) => Error.Conflict("unreadable", $"{name} cannot be read: {why.TrimEnd('.')}. Remove it, or rehearse again.");

    private IEnumerable<string> Names()
    {
        var folder = new DirectoryInfo(data.PathOf("rehearsals"));
        if (!folder.Exists) return [];
        return folder.EnumerateFiles("*.json").Select(f => Path.GetFileNameWithoutExtension(f.Name)).Where(n => Name().IsMatch(n)).OrderDescending(StringComparer.Ordinal);
    }

    private string PathOf(string name, string ending) => data.PathOf("rehearsals", name + ending);

    // When and of what, as it is written: 20260105-120000-catalog.
    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[a-z0-9-]{1,80}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

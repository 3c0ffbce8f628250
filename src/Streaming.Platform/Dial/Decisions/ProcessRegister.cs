using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;
using Streaming.Platform.Dial.Elsewhere;
using Streaming.Platform.Modules;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Dial.Decisions;

/// <summary>What this process tells the others of itself, once it listens.</summary>
public sealed class ProcessNote
{
    /// <summary>New at every start.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Another process speaks for it from now on.</summary>
    public bool IsOver { get; set; }

    internal Uri? Address { get; private set; }

    internal Uri? Wire { get; private set; }

    /// <summary>It listens.</summary>
    /// <param name="id">New at every start.</param>
    /// <param name="address">Where it takes requests.</param>
    /// <param name="wire">Where it takes calls to contracts; null where it takes none.</param>
    public void Listens(string id, Uri address, Uri? wire) => (Id, Wire, Address) = (id, wire, address);
}

/// <summary>The rows of the processes: this one's own, and what the others say of themselves.</summary>
internal sealed class ProcessRegister(
    IServiceScopeFactory scopes, ProcessRole role, ProcessNote note, DialBoard board, Neighbours neighbours, WireManifest manifest, DataOptions data, TimeProvider clock,
    InjectedFault? fault = null)
{
    // An instance says every second that it lives.
    private static readonly TimeSpan _dead = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _forgotten = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Sighting> _seen = new(StringComparer.Ordinal);
    private long _epoch = -1;

    /// <summary>Its own row's key: an instance's name is given, a host's is of its id.</summary>
    private string Name => role.Instance ?? $"host-{note.Id[^8..]}";

    /// <summary>Writes its row, or says that it still lives. A host lives as long as it answers, so it only tells how far it follows.</summary>
    public async Task Tell(CancellationToken ct)
    {
        if (note.IsOver || note.Address is not { } address) return;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DialDbContext>();
        var epoch = board.Epoch;
        if (_epoch >= 0 && role.Instance is null && epoch == _epoch) return;
        var (name, id) = (Name, note.Id);
        var told = _epoch >= 0
            ? await db.Processes.Where(p => p.Name == name && p.Id == id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Beat, p => p.Beat + 1).SetProperty(p => p.Epoch, epoch), ct)
            : 0;
        if (told == 0)
        {
            await Clear(db, address, ct);
            var row = await db.Processes.FindAsync([name], ct);
            if (row is null)
                db.Processes.Add(row = new ProcessRow { Name = name, Id = id, Modules = "", Address = "", Version = "", Manifest = "" });
            row.Id = id;
            row.IsInstance = role.Instance is not null;
            row.Modules = string.Join(',', role.Modules.Order(StringComparer.Ordinal));
            row.Address = address.ToString();
            row.Wire = note.Wire?.ToString();
            row.Version = typeof(ProcessRegister).Assembly.GetName().Version?.ToString(3) ?? "";
            row.Manifest = JsonSerializer.Serialize(fault?.Changed(manifest.Contracts) ?? manifest.Contracts, ContractJson.Options);
            row.Beat++;
            row.Epoch = epoch;
            row.IsDraining = false;
            await db.SaveChangesAsync(ct);
        }

        _epoch = epoch;
    }

    /// <summary>It takes nothing new from now on.</summary>
    public async Task TellDraining(CancellationToken ct)
    {
        var (name, id) = (Name, note.Id);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DialDbContext>().Processes.Where(p => p.Name == name && p.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.IsDraining, true), ct);
    }

    /// <summary>It is gone.</summary>
    public async Task Leave(CancellationToken ct)
    {
        if (_epoch < 0) return;
        var (name, id) = (Name, note.Id);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DialDbContext>().Processes.Where(p => p.Name == name && p.Id == id).ExecuteDeleteAsync(ct);
    }

    /// <summary>Looks who is there.</summary>
    public async Task Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DialDbContext>();
        var rows = await db.Processes.AsNoTracking().Where(p => p.Id != note.Id)
            .Select(p => new Row(p.Name, p.Id, p.IsInstance, p.Modules, p.Address, p.Wire, p.Version, p.Beat, p.Epoch, p.IsDraining)).ToListAsync(ct);
        var alive = new List<Neighbour>();
        foreach (var row in rows.OrderBy(r => r.Name, StringComparer.Ordinal))
        {
            if (!_seen.TryGetValue(row.Name, out var seen) || seen.Id != row.Id)
                _seen[row.Name] = seen = await Meet(db, row, ct);
            if (seen.Hear(row, clock)) alive.Add(seen.Neighbour with { Epoch = row.Epoch, IsDraining = row.IsDraining });
            else if (clock.GetElapsedTime(seen.At) > _forgotten) await db.Processes.Where(p => p.Name == row.Name && p.Beat == row.Beat).ExecuteDeleteAsync(ct);
        }

        foreach (var gone in _seen.Keys.Except(rows.Select(r => r.Name)).ToArray()) _seen.Remove(gone);
        neighbours.Use(alive);
    }

    /// <summary>A host that was killed has left its row: with SQLite there is one host, and with PostgreSQL one at an address.</summary>
    private async Task Clear(DialDbContext db, Uri address, CancellationToken ct)
    {
        if (role.Instance is not null) return;
        var (id, mine, isOnly) = (note.Id, address.ToString(), data.Postgres is null);
        await db.Processes.Where(p => !p.IsInstance && p.Id != id && (isOnly || p.Address == mine)).ExecuteDeleteAsync(ct);
    }

    private async Task<Sighting> Meet(DialDbContext db, Row row, CancellationToken ct)
    {
        var text = await db.Processes.AsNoTracking().Where(p => p.Name == row.Name).Select(p => p.Manifest).FirstOrDefaultAsync(ct);
        var modules = row.Modules.Split(',', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
        return new Sighting(new Neighbour(
            row.Name, row.Id, row.IsInstance, modules, new Uri(row.Address), row.Wire is { } wire ? new Uri(wire) : null, row.Version, row.Epoch, row.IsDraining)
        {
            Unfit = manifest.Against(Shapes(text), name => !row.IsInstance || modules.Contains(name.Split('.')[0])),
        }, row.Beat, clock.GetTimestamp());
    }

    /// <summary>Of a build so different that it cannot be read, nothing is known, and so nothing is asked.</summary>
    private static IReadOnlyDictionary<string, ContractShape> Shapes(string? text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, ContractShape>>(text ?? "{}", ContractJson.Options) ?? [];
        }
        catch (JsonException)
        {
            return FrozenDictionary<string, ContractShape>.Empty;
        }
    }

    private sealed record Row(string Name, string Id, bool IsInstance, string Modules, string Address, string? Wire, string Version, long Beat, long Epoch, bool IsDraining);

    /// <summary>What is known of a process, and when it was last seen to live.</summary>
    private sealed class Sighting(Neighbour neighbour, long beat, long at)
    {
        private long _beat = beat;
        private bool _hasMoved;

        public Neighbour Neighbour { get; } = neighbour;

        public string Id => Neighbour.Id;

        public long At { get; private set; } = at;

        public bool Hear(Row row, TimeProvider clock)
        {
            if (!Neighbour.IsInstance) return true;
            if (row.Beat != _beat) (_beat, _hasMoved, At) = (row.Beat, true, clock.GetTimestamp());
            return _hasMoved && clock.GetElapsedTime(At) < _dead;
        }
    }
}

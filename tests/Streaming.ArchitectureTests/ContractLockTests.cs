using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Kernel;
using Streaming.Platform.Wire;

namespace Streaming.ArchitectureTests;

/// <summary>
/// <c>src/contracts.lock.json</c> has every contract as it is on the wire. Another build of the platform may be running beside this one,
/// so a contract changes only by what may be absent; anything else is a new version.
/// </summary>
internal sealed class ContractLockTests
{
    private const string Renewal = "STREAMING_CONTRACTS=renew build/test Architecture ContractLock";

    private static readonly string File = Path.Combine(Sources.Root, "src", "contracts.lock.json");
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Test]
    public void No_contract_has_changed_but_by_what_may_be_absent()
    {
        var (locked, now) = (Locked(), Now());
        var mistakes = Mistakes(locked, now).ToList();
        Assert.That(mistakes, Is.Empty, "raise the contract's version, or let what is new be absent");
        if (Environment.GetEnvironmentVariable("STREAMING_CONTRACTS") == "renew") System.IO.File.WriteAllText(File, Text(now));

        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo(Text(now)), $"the change is allowed; renew the file: {Renewal}");
    }

    [Test]
    public void What_is_not_additive_is_noticed()
    {
        var one = Shape(("request", "object"), ("request.id", "guid"), ("answer", "object"), ("answer.name", "string"), ("answer.year", "int32?"));
        Assert.Multiple(() =>
        {
            Assert.That(Change(one, "answer.genre", "string?"), Is.Empty);
            Assert.That(Change(one, "request.language", "string?"), Is.Empty);
            Assert.That(Change(one, "request.language", "string"), Has.Count.EqualTo(1).And.All.Contains("request.language"));
            Assert.That(Change(one, "answer.genre", "string"), Has.Count.EqualTo(1).And.All.Contains("answer.genre"));
            Assert.That(Change(one, "answer.name", null), Has.Count.EqualTo(1).And.All.Contains("answer.name"));
            Assert.That(Change(one, "answer.year", "int64?"), Is.Not.Empty.And.All.Contains("answer.year"));
            Assert.That(Change(one, "answer.year", null), Is.Empty, "whoever reads it can do without");
            Assert.That(Change(one, "answer.name", "string?"), Has.Count.EqualTo(1).And.All.Contains("may be absent"));
            Assert.That(Mistakes(Map(one), Map(Shape(2, [.. one.Members.Select(m => (m.Key, m.Value)), ("answer.genre", "string")]))), Is.Empty, "of a new version");
            Assert.That(Mistakes(Map(Shape(2)), Map(Shape(1))), Is.EqualTo(new[] { "films.film: version 2 has become 1" }));
            Assert.That(Mistakes(Map(one), ImmutableSortedDictionary<string, ContractShape>.Empty), Is.Empty, "one that is gone is refused when it is called");
        });
    }

    [Test]
    public void A_shape_has_every_member_with_its_type()
    {
        var shape = ContractShape.Of(typeof(GetFilm));
        Assert.That(string.Join('\n', shape.Members.Select(m => $"{m.Key}: {m.Value}")), Is.EqualTo("""
            answer: object
            answer.cast: list
            answer.cast[]: object
            answer.cast[].name: string
            answer.cast[].role: string?
            answer.counts: map
            answer.counts{}: int32
            answer.series: object Film?
            request: object
            request.at: date-time?
            request.id: guid
            request.take: int32?
            """.ReplaceLineEndings("\n")));
        Assert.That(shape.Fingerprint, Does.Match("^[0-9a-f]{64}$").And.Not.EqualTo((shape with { Version = 2 }).Fingerprint));
    }

    private static IReadOnlyList<string> Change(ContractShape one, string member, string? type) =>
        [.. Mistakes(Map(one), Map(one with { Members = type is null ? one.Members.Remove(member) : one.Members.SetItem(member, type) }))];

    private static IEnumerable<string> Mistakes(ImmutableSortedDictionary<string, ContractShape> locked, ImmutableSortedDictionary<string, ContractShape> now) =>
        from contract in locked
        where now.ContainsKey(contract.Key)
        let present = now[contract.Key]
        from mistake in present.Version > contract.Value.Version ? []
            : present.Version < contract.Value.Version ? [$"version {contract.Value.Version} has become {present.Version}"]
            : contract.Value.AgainstBothWays(present)
        select $"{contract.Key}: {mistake}";

    private static ImmutableSortedDictionary<string, ContractShape> Map(ContractShape shape) => ImmutableSortedDictionary<string, ContractShape>.Empty.Add("films.film", shape);

    private static ContractShape Shape(params (string, string)[] members) => Shape(1, members);

    private static ContractShape Shape(int version, params (string Path, string Type)[] members) =>
        new(version, members.ToImmutableSortedDictionary(m => m.Path, m => m.Type, StringComparer.Ordinal));

    private static ImmutableSortedDictionary<string, ContractShape> Now() => Sources.TypesOf(Part.Contracts)
        .Select(type => (Type: type, Contract: type.GetCustomAttributes(typeof(ContractAttribute), inherit: false).Cast<ContractAttribute>().SingleOrDefault()))
        .Where(c => c.Contract is not null)
        .ToImmutableSortedDictionary(c => c.Contract!.Name, c => ContractShape.Of(c.Type), StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, ContractShape> Locked() => !System.IO.File.Exists(File)
        ? ImmutableSortedDictionary<string, ContractShape>.Empty
        : JsonSerializer.Deserialize<Dictionary<string, Entry>>(System.IO.File.ReadAllText(File), Json)!.ToImmutableSortedDictionary(
            e => e.Key, e => new ContractShape(e.Value.Version, e.Value.Members.ToImmutableSortedDictionary(StringComparer.Ordinal)), StringComparer.Ordinal);

    private static string Text(ImmutableSortedDictionary<string, ContractShape> shapes) => JsonSerializer.Serialize(
        shapes.ToDictionary(s => s.Key, s => new Entry(s.Value.Version, s.Value.Fingerprint, new SortedDictionary<string, string>(s.Value.Members.ToDictionary(), StringComparer.Ordinal))), Json) + "\n";

    private sealed record Entry(int Version, string Fingerprint, SortedDictionary<string, string> Members);

    [Contract("films.film", version: 1)]
    private sealed record GetFilm(Guid Id, DateTimeOffset? At, int Take = 20) : IQuery<Film>;

    private sealed record Film(IReadOnlyList<Person> Cast, IReadOnlyDictionary<string, int> Counts, Film? Series);

    private sealed record Person(string Name, string? Role);
}

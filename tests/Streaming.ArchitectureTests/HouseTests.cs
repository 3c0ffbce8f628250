using System.Reflection;
using System.Text.RegularExpressions;
using Streaming.ArchitectureTests.Fixtures;

namespace Streaming.ArchitectureTests;

internal sealed partial class HouseTests
{
    private static readonly string[] EmptyEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service"];

    [Test]
    public void No_type_is_named_by_an_empty_ending() => Assert.That(EmptyNames(Own), Is.Empty);

    [Test]
    public void An_empty_ending_is_noticed() =>
        Assert.That(EmptyNames([typeof(UploadManager), typeof(Leak)]), Is.EqualTo(new[] { typeof(UploadManager).FullName }));

    [Test]
    public void There_is_no_static_state() => Assert.That(StaticState(Own), Is.Empty);

    [Test]
    public void Static_state_is_noticed() =>
        Assert.That(StaticState([typeof(Counter)]), Is.EquivalentTo(new[] { "Counter._count may be assigned", "Counter.Seen may be filled" }));

    [Test]
    public void The_platform_knows_no_noun_of_the_domain() => Assert.That(Nouns(Sources.TypesOf(Part.Platform), DomainNouns()).Except(Homonyms), Is.Empty);

    [Test]
    public void A_noun_of_the_domain_is_noticed() => Assert.That(
        Nouns([typeof(TitleCache)], ["title", "film"]),
        Is.EquivalentTo(new[] { "TitleCache speaks of a title", "TitleCache.FilmOf speaks of a film" }));

    [Test]
    public void The_domain_has_nouns() => Assert.That(DomainNouns(), Is.SupersetOf(["catalog", "title", "profile", "rendition"]));

    // Words of other standards that happen to be nouns of ours as well, each where it may stand.
    private static readonly string[] Homonyms =
    [
        "EventCatalog speaks of a catalog", // of event types
        "Problems.Title speaks of a title", // a member of RFC 9457
    ];

    private static IEnumerable<Type> Own => Sources.TypesOf(Enum.GetValues<Part>()).Where(t => !t.IsGenerated);

    private static IEnumerable<string> EmptyNames(IEnumerable<Type> types) =>
        types.Where(t => EmptyEndings.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal))).Select(t => t.FullName!);

    private static IEnumerable<string> StaticState(IEnumerable<Type> types) =>
        from type in types
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where !field.IsLiteral && !field.Name.Contains('<')
        let problem = !field.IsInitOnly ? "may be assigned" : IsFillable(field.FieldType) ? "may be filled" : null
        where problem is not null
        select $"{type.Name}.{field.Name} {problem}";

    private static bool IsFillable(Type type) =>
        type.IsGenericType && type.Namespace!.StartsWith("System.Collections", StringComparison.Ordinal)
        && type.GetGenericTypeDefinition() is var open
        && (open == typeof(List<>) || open == typeof(Dictionary<,>) || open == typeof(HashSet<>) || open.Name.StartsWith("Concurrent", StringComparison.Ordinal));

    // The names of the modules, and what their contracts are about; words that the platform itself is made of are nobody's.
    private static HashSet<string> DomainNouns() =>
    [
        .. Sources.Of(Part.Module).Select(p => Singular(p.Name["Streaming.".Length..].ToLowerInvariant())),
        .. new[] { "title", "film", "movie", "series", "episode", "rendition", "viewer", "profile", "poster", "subtitle", "ingest", "playback", "genre" },
    ];

    private static IEnumerable<string> Nouns(IEnumerable<Type> types, IReadOnlyCollection<string> nouns) =>
        from type in types
        where !type.IsGenerated
        from name in type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(m => m is not Type && !m.Name.Contains('<') && !IsAccessor(m)).Select(m => (Word: m.Name, Shown: $"{type.Name}.{m.Name}"))
            .Prepend((Word: type.Name, Shown: type.Name))
        from word in Words().Matches(name.Word).Select(m => Singular(m.Value.ToLowerInvariant())).Distinct()
        where nouns.Contains(word)
        select $"{name.Shown} speaks of a {word}";

    private static bool IsAccessor(MemberInfo member) => member is MethodBase { IsSpecialName: true };

    private static string Singular(string word) => word is not "series" && word.EndsWith('s') ? word[..^1] : word;

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Words();
}

using System.Reflection;
using MediatR;
using Streaming.ArchitectureTests.Fixtures;
using Streaming.Kernel;

namespace Streaming.ArchitectureTests;

internal sealed class MessageTests
{
    [Test]
    public void Requests_live_only_in_modules_and_contracts() =>
        Assert.That(Requests(Sources.TypesOf(Part.Kernel, Part.Platform, Part.Web, Part.Edge, Part.Host)), Is.Empty);

    [Test]
    public void A_request_elsewhere_is_noticed() =>
        Assert.That(Requests([typeof(Undeclared), typeof(Leak)]), Is.EqualTo(new[] { typeof(Undeclared) }));

    [Test]
    public void There_are_contracts_to_judge() => Assert.That(Contracts, Has.Count.GreaterThan(15));

    [Test]
    public void Every_request_in_contracts_declares_a_deadline() => Assert.That(Contracts.SelectMany(Declaration), Is.Empty);

    [TestCase(typeof(Undeclared), "is no contract")]
    [TestCase(typeof(WithoutDeadline), "declares no deadline")]
    [TestCase(typeof(BadlyNamed), "is not a name of the form")]
    [TestCase(typeof(SlowerThanDeadline), "counts as slow only after its deadline")]
    public void A_wrong_declaration_is_noticed(Type request, string problem) =>
        Assert.That(Declaration(request), Has.One.Contains(problem));

    [Test]
    public void Contract_names_are_unique() => Assert.That(Repeated(Contracts), Is.Empty);

    [Test]
    public void A_repeated_name_is_noticed() =>
        Assert.That(Repeated([typeof(WithoutDeadline), typeof(SameName)]), Is.EqualTo(new[] { "fixtures.same" }));

    [Test]
    public void Every_contract_has_exactly_one_handler_in_its_own_module()
    {
        var problems = Sources.Of(Part.Module).SelectMany(module => Unanswered(
            Sources.Projects.SingleOrDefault(p => p.Part == Part.Contracts && p.Module == module.Name) is { } contracts ? Requests(contracts.Load().GetTypes()) : [],
            module.Load().GetTypes()));
        Assert.That(problems, Is.Empty);
    }

    [Test]
    public void A_contract_with_no_handler_or_two_is_noticed() => Assert.That(
        Unanswered([typeof(WithoutDeadline), typeof(BadlyNamed), typeof(SameName)], [typeof(First), typeof(Second), typeof(Only)]),
        Is.EqualTo(new[] { "WithoutDeadline has 2 handlers: First, Second", "SameName has 0 handlers: " }));

    private static List<Type> Contracts => [.. Requests(Sources.TypesOf(Part.Contracts))];

    private static IEnumerable<Type> Requests(IEnumerable<Type> types) =>
        types.Where(t => !t.IsInterface && !t.IsGenericTypeDefinition && typeof(IBaseRequest).IsAssignableFrom(t));

    private static IEnumerable<string> Declaration(Type request)
    {
        var data = request.GetCustomAttributesData().SingleOrDefault(a => a.AttributeType == typeof(ContractAttribute));
        if (data is null)
        {
            yield return $"{request.Name} is no contract: it lacks [Contract]";
            yield break;
        }

        var contract = request.GetCustomAttribute<ContractAttribute>()!;
        if (data.NamedArguments.All(a => a.MemberName != nameof(ContractAttribute.DeadlineMs))) yield return $"{request.Name} declares no deadline";
        if (contract.DeadlineMs is < 1 or > 60_000) yield return $"{request.Name} waits {contract.DeadlineMs} ms";
        if (contract.SlowMs >= contract.DeadlineMs) yield return $"{request.Name} counts as slow only after its deadline";
        if (contract.Version < 1) yield return $"{request.Name} has version {contract.Version}";
        if (!System.Text.RegularExpressions.Regex.IsMatch(contract.Name, "^[a-z]+\\.[a-z]+(-[a-z]+)*$"))
            yield return $"{request.Name}: '{contract.Name}' is not a name of the form module.subject";
    }

    private static IEnumerable<string> Repeated(IEnumerable<Type> requests) =>
        requests.GroupBy(r => r.GetCustomAttribute<ContractAttribute>()?.Name).Where(g => g.Count() > 1).Select(g => g.Key!);

    private static IEnumerable<string> Unanswered(IEnumerable<Type> requests, IReadOnlyCollection<Type> types) =>
        from request in requests
        let handlers = types.Where(t => !t.IsAbstract && t.Closing(typeof(IRequestHandler<,>)).Any(i => i.GenericTypeArguments[0] == request)).ToList()
        where handlers.Count != 1
        select $"{request.Name} has {handlers.Count} handlers: {string.Join(", ", handlers.Select(h => h.Name))}";
}

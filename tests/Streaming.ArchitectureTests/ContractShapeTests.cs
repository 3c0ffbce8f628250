using System.Reflection;
using System.Text.Json.Serialization;
using MediatR;
using Streaming.ArchitectureTests.Fixtures;
using Streaming.Kernel;

namespace Streaming.ArchitectureTests;

/// <summary>Contracts cross a wire: they carry ids, primitives, lists of them, and nested records of their own.</summary>
internal sealed class ContractShapeTests
{
    private static readonly Type[] Primitives =
    [
        typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal),
        typeof(string), typeof(Guid), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeSpan),
    ];

    private static readonly Type[] Lists = [typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>)];

    [Test]
    public void Contracts_and_events_carry_only_what_survives_the_wire() =>
        Assert.That(Messages(Sources.TypesOf(Part.Contracts)).SelectMany(Shape).Distinct(), Is.Empty);

    [TestCase(typeof(CarriesEnum), "Kind is Kind")]
    [TestCase(typeof(CarriesClass), "Thing is Thing")]
    [TestCase(typeof(CarriesObject), "Anything is Object")]
    [TestCase(typeof(CarriesQueryable), "Items is IQueryable`1")]
    [TestCase(typeof(CarriesDeep), "Anything is Object")]
    [TestCase(typeof(AnswersClass), "the answer is Thing")]
    [TestCase(typeof(NoRecord), "is no sealed record")]
    public void What_does_not_survive_is_noticed(Type message, string problem) =>
        Assert.That(Shape(message), Has.One.Contains(problem));

    [Test]
    public void An_enum_written_as_text_is_let_through() => Assert.That(Shape(typeof(CarriesText)), Is.Empty);

    [Test]
    public void Contracts_know_no_database() => Assert.That(
        Sources.Of(Part.Contracts).SelectMany(p => p.Load().GetReferencedAssemblies()).Select(a => a.Name)
            .Where(n => n!.StartsWith("Microsoft.", StringComparison.Ordinal) || n.StartsWith("Npgsql", StringComparison.Ordinal)),
        Is.Empty);

    private static IEnumerable<Type> Messages(IEnumerable<Type> types) => types.Where(t =>
        t is { IsInterface: false, IsGenericTypeDefinition: false } && (typeof(IBaseRequest).IsAssignableFrom(t) || typeof(INotification).IsAssignableFrom(t)));

    private static IEnumerable<string> Shape(Type message)
    {
        var seen = new HashSet<Type>();
        var answer = message.Closing(typeof(IRequest<>)).Select(i => i.GenericTypeArguments[0].GenericTypeArguments[0]).SingleOrDefault();
        return Record(message).Concat(answer is null ? [] : Value(answer, $"{message.Name}: the answer")).ToList();

        IEnumerable<string> Record(Type record)
        {
            if (!seen.Add(record)) yield break;
            if (!record.IsRecord || !record.IsSealed) yield return $"{record.Name} is no sealed record";
            foreach (var property in record.GetProperties(BindingFlags.Instance | BindingFlags.Public))
                foreach (var problem in Value(property.PropertyType, $"{record.Name}: {property.Name}"))
                    yield return problem;
        }

        IEnumerable<string> Value(Type type, string where)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (Primitives.Contains(type) || type == typeof(Done)) return [];
            if (type.IsEnum) return IsText(type) ? [] : [$"{where} is {type.Name}, an enum that is not written as text"];
            if (type.IsGenericType && Lists.Contains(type.GetGenericTypeDefinition())) return Value(type.GenericTypeArguments[0], where);
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && type.GenericTypeArguments[0] == typeof(string))
                return Value(type.GenericTypeArguments[1], where);
            if (type.Assembly == message.Assembly && type.IsRecord) return Record(type);
            return [$"{where} is {type.Name}"];
        }
    }

    private static bool IsText(Type type) =>
        type.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType is { IsGenericType: true } converter
        && converter.GetGenericTypeDefinition() == typeof(JsonStringEnumConverter<>);
}

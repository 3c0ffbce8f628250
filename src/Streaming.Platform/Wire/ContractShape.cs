using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MediatR;
using Streaming.Kernel;

namespace Streaming.Platform.Wire;

/// <summary>
/// A contract as it is on the wire: every member of the request and of the answer, by its path, with its type. Two builds of the platform
/// compare these to know whether one may call the other.
/// </summary>
/// <param name="Version">Of the contract.</param>
/// <param name="Members">
/// From path to type, in the order of the paths: <c>request.ids[]: guid</c>. A question mark after the type marks what may be absent.
/// </param>
public sealed record ContractShape(int Version, ImmutableSortedDictionary<string, string> Members)
{
    private const string Request = "request";
    private const string Answer = "answer";
    private const string Any = "?";

    private static readonly FrozenDictionary<Type, string> _words = new Dictionary<Type, string>
    {
        [typeof(bool)] = "boolean",
        [typeof(byte)] = "uint8",
        [typeof(short)] = "int16",
        [typeof(int)] = "int32",
        [typeof(long)] = "int64",
        [typeof(float)] = "float32",
        [typeof(double)] = "float64",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(Guid)] = "guid",
        [typeof(DateTimeOffset)] = "date-time",
        [typeof(DateOnly)] = "date",
        [typeof(TimeSpan)] = "time-span",
    }.ToFrozenDictionary();

    /// <summary>SHA-256 of version and members, 64 lower-case hexadecimal digits: equal where nothing at all differs.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Members.Select(m => $"{m.Key}: {m.Value}").Prepend($"version {Version}")))));

    /// <summary>Of a request type that is a contract.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static ContractShape Of(Type request)
    {
        var contract = request.GetCustomAttribute<ContractAttribute>() ?? throw new ArgumentException($"{request.Name} is no contract.", nameof(request));
        var answer = request.GetInterfaces().Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>)).GenericTypeArguments[0].GenericTypeArguments[0];
        var members = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add(request, Request, "", []);
        Add(answer, Answer, "", []);
        return new ContractShape(contract.Version, members.ToImmutable());

        void Add(Type type, string path, string absent, ImmutableStack<Type> within)
        {
            var value = Nullable.GetUnderlyingType(type) ?? type;
            if (_words.TryGetValue(value, out var word)) members[path] = word + absent;
            else if (value.IsEnum) members[path] = $"one of {string.Join(' ', Enum.GetNames(value).Select(JsonNamingPolicy.KebabCaseLower.ConvertName).Order(StringComparer.Ordinal))}{absent}";
            else if (ContractJson.Options.GetTypeInfo(value) is { Kind: not JsonTypeInfoKind.None } info) AddAll(info, path, absent, within);
            else throw new ArgumentException($"{request.Name}: {path} is {value.Name}, which does not survive the wire.", nameof(request));
        }

        void AddAll(JsonTypeInfo info, string path, string absent, ImmutableStack<Type> within)
        {
            if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
            {
                members[path] = (info.Kind == JsonTypeInfoKind.Enumerable ? "list" : "map") + absent;
                Add(info.ElementType!, path + (info.Kind == JsonTypeInfoKind.Enumerable ? "[]" : "{}"), "", within);
                return;
            }

            // One that holds others of its kind is told once.
            members[path] = (within.Contains(info.Type) ? $"object {info.Type.Name}" : "object") + absent;
            if (within.Contains(info.Type)) return;
            foreach (var member in info.Properties.Where(p => p.Get is not null))
                Add(member.PropertyType, $"{path}.{member.Name}", MayBeAbsent(member) ? Any : "", within.Push(info.Type));
        }
    }

    /// <summary>
    /// What keeps a caller of this shape from calling one of another: a member that one of them needs and the other does not have, or has as
    /// something else. Empty where it may. What only one of them knows and may be absent is left out by the other, or ignored.
    /// </summary>
    /// <param name="callee">The shape of whoever is called.</param>
    public IReadOnlyList<string> Against(ContractShape callee)
    {
        if (Version != callee.Version) return [$"version {Version} is asked for and version {callee.Version} is there"];
        return [.. Needed(from: this, by: callee, Request), .. Needed(from: callee, by: this, Answer)];
    }

    /// <summary>Whether builds of both shapes may call each other, whichever is older.</summary>
    public IReadOnlyList<string> AgainstBothWays(ContractShape other) => [.. Against(other).Union(other.Against(this))];

    // Within what may be absent itself, the members are needed where it is there.
    private static IEnumerable<string> Needed(ContractShape from, ContractShape by, string part)
    {
        foreach (var (path, type) in by.Members)
        {
            if (path != part && !path.StartsWith(part, StringComparison.Ordinal)) continue;
            if (!from.Members.TryGetValue(path, out var given))
            {
                if (!type.EndsWith(Any, StringComparison.Ordinal) && IsGiven(from, path)) yield return $"{path}: {type} is not given";
            }
            else if (given.TrimEnd('?') != type.TrimEnd('?')) yield return $"{path}: {type} is wanted, and {given} given";
            else if (given != type && !type.EndsWith(Any, StringComparison.Ordinal)) yield return $"{path}: {type} is wanted, and may be absent where it comes from";
        }
    }

    /// <summary>Whether what a member is in is there: of something that is absent as a whole only that is told.</summary>
    private static bool IsGiven(ContractShape from, string path)
    {
        var end = path.AsSpan().LastIndexOfAny('.', '[', '{');
        return end < 0 || from.Members.ContainsKey(path[..end]);
    }

    private static bool MayBeAbsent(JsonPropertyInfo member) =>
        member.IsGetNullable || member.IsSetNullable || Nullable.GetUnderlyingType(member.PropertyType) is not null || member.AssociatedParameter is { HasDefaultValue: true };
}

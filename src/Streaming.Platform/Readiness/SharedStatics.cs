using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Streaming.Platform.Readiness;

/// <summary>Static fields that may change: with two processes there are two of each, and neither knows what the other has in it.</summary>
internal static class SharedStatics
{
    private const BindingFlags Own = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] _fillable = [typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(Queue<>), typeof(Stack<>)];

    /// <summary>Each as <c>Type.field</c>.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<Type> types) =>
    [
        .. from type in types
           where !IsGenerated(type)
           from field in type.GetFields(Own)
           where !field.IsLiteral && !field.Name.StartsWith('<') && (!field.IsInitOnly || IsFillable(field.FieldType))
           orderby type.Name, field.Name
           select $"{type.Name}.{field.Name}",
    ];

    private static bool IsFillable(Type type) => type.IsGenericType
        && (_fillable.Contains(type.GetGenericTypeDefinition()) || type.Namespace == typeof(ConcurrentDictionary<,>).Namespace);

    private static bool IsGenerated(Type type) =>
        type.Name.StartsWith('<') || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        || type.Namespace is null || type.Namespace.StartsWith("System", StringComparison.Ordinal) || type.Namespace.StartsWith("Microsoft", StringComparison.Ordinal)
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}

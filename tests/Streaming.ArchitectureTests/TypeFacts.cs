using System.Reflection;
using System.Runtime.CompilerServices;

namespace Streaming.ArchitectureTests;

internal static class TypeFacts
{
    extension(Type type)
    {
        /// <summary>Written by a compiler or a generator rather than by a person.</summary>
        public bool IsGenerated =>
            type.Name.Contains('<')
            || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
            || type.Namespace is null
            || type.Namespace.StartsWith("System", StringComparison.Ordinal)
            || type.Namespace.StartsWith("Microsoft", StringComparison.Ordinal)
            || (type.DeclaringType is { } outer && outer.IsGenerated);

        public bool IsRecord => type.GetMethod("<Clone>$") is not null
            || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null);

        public IEnumerable<Type> Closing(Type openInterface) =>
            type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == openInterface);

        public string DisplayName => type.FullName ?? type.Name;
    }
}

using System.Reflection;
using System.Reflection.Metadata;

namespace Streaming.Platform.Readiness;

/// <summary>
/// Which contracts an assembly's code makes requests of: whoever calls one constructs it. Read off the assembly's own metadata, so it also
/// finds what no request has led to yet, and works in a published single file.
/// </summary>
internal static class StaticCalls
{
    /// <summary>Full names of the types of other assemblies that it constructs; empty where it has no metadata to read.</summary>
    public static unsafe IReadOnlySet<string> ConstructedBy(Assembly assembly)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (!assembly.TryGetRawMetadata(out var blob, out var length)) return found;
        var reader = new MetadataReader(blob, length);
        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference || !reader.StringComparer.Equals(member.Name, ".ctor")) continue;
            var type = reader.GetTypeReference((TypeReferenceHandle)member.Parent);
            found.Add($"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}");
        }

        return found;
    }
}

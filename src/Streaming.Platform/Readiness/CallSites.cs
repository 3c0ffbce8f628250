using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Streaming.Platform.Readiness;

/// <summary>
/// Where in the code one calls another: read off the stack at the first few calls that are recorded, since that takes a hundred
/// microseconds. Methods and lines; the lines come from the symbols inside the assemblies.
/// </summary>
internal sealed partial class CallSites
{
    private const int Looks = 8;
    private const int MostSites = 4;
    private const int MostPairs = 1000;

    private readonly ConcurrentDictionary<(string Caller, string Contract), Found> _found = new();

    /// <summary>Of a caller and what it calls; empty where none was seen.</summary>
    public IReadOnlyList<string> Of(string caller, string contract)
    {
        if (!_found.TryGetValue((caller, contract), out var found)) return [];
        lock (found) return [.. found.Sites];
    }

    /// <summary>Called by whoever calls, before it is called.</summary>
    public void Look(string caller, string contract)
    {
        if (!_found.TryGetValue((caller, contract), out var found))
        {
            if (_found.Count >= MostPairs) return;
            found = _found.GetOrAdd((caller, contract), _ => new Found());
        }

        if (Volatile.Read(ref found.Looked) >= Looks || Interlocked.Increment(ref found.Looked) > Looks) return;
        if (Here(new StackTrace(1, fNeedFileInfo: true)) is not { } site) return;
        lock (found)
            if (found.Sites.Count < MostSites && !found.Sites.Contains(site)) found.Sites.Add(site);
    }

    /// <summary>The innermost method that is neither the platform's nor the framework's, nor one that only passes on.</summary>
    internal static string? Here(StackTrace stack)
    {
        foreach (var frame in stack.GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || IsInfrastructure(type.Assembly) || method.IsDefined(typeof(StackTraceHiddenAttribute), inherit: false)) continue;
            var line = frame.GetFileLineNumber() is > 0 and var number ? string.Create(CultureInfo.InvariantCulture, $" ({Path.GetFileName(frame.GetFileName())}:{number})") : "";
            return Name(type, method) + line;
        }

        return null;
    }

    /// <summary>As it is written: what the compiler has made of an async method or a lambda is named after the method around it.</summary>
    private static string Name(Type type, MethodBase method)
    {
        var name = Written().Match(method.Name) is { Success: true } within ? within.Groups[1].Value : method.Name;
        for (; type.DeclaringType is { } outer && type.Name.StartsWith('<'); type = outer)
            if (Written().Match(type.Name) is { Success: true } around) name = around.Groups[1].Value;
        return type.DeclaringType is { } holder ? $"{holder.Name}.{type.Name}.{name}" : $"{type.Name}.{name}";
    }

    private static bool IsInfrastructure(Assembly assembly) =>
        assembly == typeof(CallSites).Assembly || assembly.GetName().Name is not { } name || name is "MediatR" or "Polly.Core" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);

    [GeneratedRegex("<([A-Za-z_][A-Za-z0-9_]*)>")]
    private static partial Regex Written();

    private sealed class Found
    {
        public readonly List<string> Sites = [];
        public int Looked;
    }
}

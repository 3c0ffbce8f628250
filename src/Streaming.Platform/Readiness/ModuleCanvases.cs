using System.Collections.Frozen;
using System.Reflection;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Outbox;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Readiness;

/// <summary>Reads the modules' canvases off their assemblies, once.</summary>
internal sealed class ModuleCanvases(ModuleSet modules, IEnumerable<IRequestDescriptor> requests, IEnumerable<ModuleData> data, EventCatalog events)
{
    private const int ShownDigits = 12;

    private readonly Lazy<FrozenDictionary<string, ModuleCanvas>> _all = new(() => Read(modules.Modules, [.. requests.Where(r => r.Contract is not null)], data, events));

    public IReadOnlyDictionary<string, ModuleCanvas> All => _all.Value;

    private static FrozenDictionary<string, ModuleCanvas> Read(IReadOnlyList<IModule> modules, IRequestDescriptor[] contracts, IEnumerable<ModuleData> data, EventCatalog events)
    {
        var calls = modules.ToDictionary(m => m.Name, m => StaticCalls.ConstructedBy(m.Implementation), StringComparer.Ordinal);
        var offered = contracts.Select(c => c.Type.Assembly).ToHashSet();
        var names = offered.Select(a => a.GetName().Name).ToHashSet(StringComparer.Ordinal);
        calls[TracedRoute.Outside] = AppDomain.CurrentDomain.GetAssemblies()
            .Where(a => !a.IsDynamic && !offered.Contains(a) && modules.All(m => m.Implementation != a) && a.GetReferencedAssemblies().Any(r => names.Contains(r.Name)))
            .SelectMany(StaticCalls.ConstructedBy).ToHashSet(StringComparer.Ordinal);
        return modules.ToFrozenDictionary(m => m.Name, m => new ModuleCanvas(
            data.Any(d => d.Module == m.Name),
            [.. contracts.Where(c => c.Module == m.Name).OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => Facts(c, calls))],
            [.. Events(m.Contracts).Select(e => new EventFacts(e.Name, [.. events.To(e).Select(s => s.Name).Order(StringComparer.Ordinal)]))],
            [.. modules.Where(other => other != m).SelectMany(other => Events(other.Contracts)).Where(e => events.To(e).Any(s => s.Module == m.Name)).Select(e => e.Name)],
            [.. contracts.Where(c => c.Module != m.Name && calls[m.Name].Contains(c.Type.FullName!)).Select(c => c.Name).Order(StringComparer.Ordinal)],
            SharedStatics.Of(m.Implementation.GetTypes())));
    }

    private static ContractFacts Facts(IRequestDescriptor contract, Dictionary<string, IReadOnlySet<string>> calls)
    {
        var (fingerprint, noShape) = Shape(contract.Type);
        return new ContractFacts(
            contract.Name, contract.Contract!.Version, contract.IsCommand ? "command" : contract.IsQuestion ? "query" : "other", contract.Contract.DeadlineMs, contract.Contract.SlowMs,
            fingerprint, noShape, [.. calls.Where(c => c.Key != contract.Module && c.Value.Contains(contract.Type.FullName!)).Select(c => c.Key).Order(StringComparer.Ordinal)]);
    }

    private static (string? Fingerprint, string? NoShape) Shape(Type contract)
    {
        try
        {
            return (ContractShape.Of(contract).Fingerprint[..ShownDigits], null);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return (null, failure.Message);
        }
    }

    private static IEnumerable<Type> Events(Assembly contracts) =>
        contracts.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IModuleEvent))).OrderBy(t => t.Name, StringComparer.Ordinal);
}

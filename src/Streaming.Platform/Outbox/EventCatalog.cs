using System.Collections.Frozen;
using MediatR;
using Streaming.Kernel;

namespace Streaming.Platform.Outbox;

/// <summary>Which events somebody here wants to know of, and who; the module that publishes one need not be here.</summary>
internal sealed class EventCatalog(IReadOnlyList<EventSubscription> subscriptions)
{
    private readonly FrozenDictionary<string, Type> _events = subscriptions.Select(s => s.Event).Distinct().ToFrozenDictionary(NameOf);
    private readonly ILookup<Type, EventSubscription> _subscriptions = subscriptions.ToLookup(s => s.Event);

    public static string NameOf(Type type) => type.FullName!;

    public Type? Find(string name) => _events.GetValueOrDefault(name);

    public IEnumerable<EventSubscription> To(Type happened) => _subscriptions[happened];
}

/// <summary>A handler of an event in a module.</summary>
internal sealed record EventSubscription(Type Event, Type Handler, string Module, bool HasData)
{
    public string Name => $"{Module}:{Handler.Name}";

    public static IEnumerable<EventSubscription> Discover(string module, Type? data, IEnumerable<Type> types) =>
        from type in types
        from served in type.GetInterfaces()
        where served.IsGenericType && served.GetGenericTypeDefinition() == typeof(INotificationHandler<>)
        let happened = served.GenericTypeArguments[0]
        where happened.IsAssignableTo(typeof(IModuleEvent))
        select new EventSubscription(happened, type, module, data is not null);
}

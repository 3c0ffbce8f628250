using System.Collections.Frozen;
using System.Reflection;
using MediatR;
using Streaming.Kernel;

namespace Streaming.Platform.Outbox;

/// <summary>Which events there are, and who wants to know.</summary>
internal sealed class EventCatalog(IEnumerable<Type> events, IReadOnlyList<EventSubscription> subscriptions)
{
    private readonly FrozenDictionary<string, Type> _events = events.ToFrozenDictionary(NameOf);
    private readonly ILookup<Type, EventSubscription> _subscriptions = subscriptions.ToLookup(s => s.Event);

    public static string NameOf(Type type) => type.FullName!;

    public static IEnumerable<Type> EventsOf(Assembly contracts) =>
        contracts.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IModuleEvent)));

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

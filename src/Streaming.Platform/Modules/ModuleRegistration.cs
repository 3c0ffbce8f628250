using System.Reflection;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Dial;
using Streaming.Platform.Outbox;
using Streaming.Platform.Readiness;

namespace Streaming.Platform.Modules;

/// <summary>Puts modules into a host.</summary>
public static class ModuleRegistration
{
    /// <summary>Registers the modules, finds their handlers, and refuses to start where a contract has no handler or two.</summary>
    /// <exception cref="InvalidOperationException">The composition is wrong, or a module has no such section; the message names every fault.</exception>
    public static IServiceCollection AddModules(this IServiceCollection services, IConfiguration configuration, params IReadOnlyList<IModule> modules)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<CallContext>();
        services.AddMediator();
        services.AddDial();
        services.AddData();

        var faults = new List<string>();
        var subscriptions = new List<EventSubscription>();
        foreach (var module in modules)
        {
            var builder = new ModuleBuilder(module.Name, services, configuration);
            module.AddServices(builder);
            builder.CheckSections();

            var types = module.Implementation.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }).ToArray();
            faults.AddRange(AddHandlers(services, builder, module, types));
            subscriptions.AddRange(EventSubscription.Discover(module.Name, builder.Data, types));
            foreach (var validator in types)
                foreach (var served in validator.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IValidator<>)))
                    services.AddSingleton(served, validator);
        }

        if (faults.Count > 0) throw new InvalidOperationException($"The modules do not fit together:\n- {string.Join("\n- ", faults)}");

        foreach (var subscription in subscriptions) services.TryAddScoped(subscription.Handler);
        services.AddSingleton(new ModuleSet(modules));
        services.AddOutbox(new EventCatalog(subscriptions));
        services.AddReadiness(modules);
        return services;
    }

    /// <summary>Maps every module's endpoints, each with a <see cref="ModuleEndpoint"/> that says whose it is.</summary>
    public static void MapModules(this IEndpointRouteBuilder routes)
    {
        foreach (var module in routes.ServiceProvider.GetRequiredService<ModuleSet>().Modules)
            module.MapEndpoints(routes.MapGroup("").WithMetadata(new ModuleEndpoint(module.Name)));
    }

    private static IEnumerable<string> AddHandlers(IServiceCollection services, ModuleBuilder builder, IModule module, Type[] types)
    {
        var found = types.SelectMany(RequestHandlerShape.Of).ToLookup(h => h.Request);
        foreach (var contract in module.Contracts.GetTypes().Where(t => t.GetCustomAttribute<ContractAttribute>() is not null))
            if (!found.Contains(contract))
                yield return $"contract {contract.FullName} has no handler in module {module.Name}";

        foreach (var handlers in found)
        {
            if (handlers.Count() > 1)
            {
                yield return $"{handlers.Key.FullName} has {handlers.Count()} handlers: {string.Join(", ", handlers.Select(h => h.Handler.FullName))}";
                continue;
            }

            var handler = handlers.Single();
            if (handler.IsCommand && builder.Data is null)
                yield return $"{handler.Request.FullName} is an order, but module {module.Name} has no data and so no inbox to carry it out once";
            else
                handler.Register(services, module.Name);
        }
    }
}

/// <summary>The modules of this host.</summary>
/// <param name="modules">In the order listed.</param>
public sealed class ModuleSet(IReadOnlyList<IModule> modules)
{
    /// <summary>In the order listed.</summary>
    public IReadOnlyList<IModule> Modules { get; } = modules;
}

using System.Reflection;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Resilience;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Modules;

/// <summary>A handler class found in a module, and how it is registered behind MediatR.</summary>
internal sealed record RequestHandlerShape(Type Handler, Type Request, Type Value)
{
    public bool IsCommand => Request.IsAssignableTo(typeof(ICommand<>).MakeGenericType(Value));

    public static IEnumerable<RequestHandlerShape> Of(Type type) =>
        from served in type.GetInterfaces()
        where served.IsGenericType && served.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)
        let response = served.GenericTypeArguments[1]
        where response.IsGenericType && response.GetGenericTypeDefinition() == typeof(Result<>)
        select new RequestHandlerShape(type, served.GenericTypeArguments[0], response.GenericTypeArguments[0]);

    public void Register(IServiceCollection services, string module)
    {
        var response = typeof(Result<>).MakeGenericType(Value);
        var local = typeof(LocalHandler<,,>).MakeGenericType(Request, Value, Handler);
        var asked = typeof(IRequestHandler<,>).MakeGenericType(Request, response);

        services.AddScoped(Handler);
        var descriptor = Activator.CreateInstance(typeof(RequestDescriptor<>).MakeGenericType(Request), module, IsCommand)!;
        services.AddSingleton(descriptor.GetType(), descriptor).AddSingleton((IRequestDescriptor)descriptor);

        if (Request.GetCustomAttribute<ContractAttribute>() is not { } contract)
        {
            services.AddScoped(asked, local);
            return;
        }

        services.AddSingleton(new ContractUse(contract.Name, module, contract.Policy, contract.DeadlineMs));
        services.AddScoped(typeof(ILocalHandler<,>).MakeGenericType(Request, Value), local);
        services.AddSingleton(typeof(IWireHandler), typeof(WireHandler<,>).MakeGenericType(Request, Value));
        services.AddTransient(asked, typeof(DialHandler<,>).MakeGenericType(Request, Value));
    }
}

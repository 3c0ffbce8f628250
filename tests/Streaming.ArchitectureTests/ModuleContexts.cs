using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;

namespace Streaming.ArchitectureTests;

/// <summary>The contexts of a module, or of the platform, as it registers them itself; no database is opened.</summary>
internal sealed class ModuleContexts : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streaming-contexts-").FullName;
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;

    public ModuleContexts(IModule module)
        : this(module.GetType(), (services, configuration) => module.AddServices(new ModuleBuilder(module.Name, services, configuration)))
    {
    }

    private ModuleContexts(Type within, Action<IServiceCollection, IConfiguration> register)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["data:folder"] = _folder, ["data:postgres"] = "Host=localhost" })
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<CallContext>();
        register(services, configuration);
        _services = services.BuildServiceProvider();
        _scope = _services.CreateScope();
        Types = [.. within.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(DbContext)) && t.Namespace!.StartsWith(within.Namespace!, StringComparison.Ordinal))];
    }

    public IReadOnlyList<Type> Types { get; }

    public IEnumerable<DbContext> All => Types.Select(t => (DbContext)_scope.ServiceProvider.GetRequiredService(t));

    /// <summary>What the platform keeps of itself.</summary>
    public static ModuleContexts OfPlatform() => new(typeof(DialRegistration), (services, configuration) => services.AddDialDecisions(configuration, ProcessRole.Host));

    public static IModule ModuleOf(Assembly assembly) =>
        (IModule)Activator.CreateInstance(assembly.GetExportedTypes().Single(t => t.IsAssignableTo(typeof(IModule))))!;

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;

namespace Streaming.Migrations;

/// <summary>Writes a migration with EF Core's own scaffolder, on the context as the module itself registers it.</summary>
internal static class ModuleScaffold
{
    /// <param name="module">Null for what the platform keeps of itself.</param>
    /// <param name="context">Of one provider.</param>
    /// <param name="name">Of the migration.</param>
    /// <param name="project">Folder of the project.</param>
    /// <param name="below">Where its migrations are in it.</param>
    /// <param name="dataFolder">For a database that is never opened.</param>
    public static IEnumerable<string> Write(IModule? module, Type context, string name, string project, string below, string dataFolder)
    {
        using var services = Services(module, dataFolder);
        // On a context of its own: comparing seals the snapshot, and what is sealed the scaffolder takes for no snapshot at all.
        using (var comparing = services.CreateScope())
            if (!((DbContext)comparing.ServiceProvider.GetRequiredService(context)).Database.HasPendingModelChanges())
            {
                Console.Error.WriteLine($"{context.Name} has no changes; nothing was written for it.");
                yield break;
            }

        using var scope = services.CreateScope();
        using var db = (DbContext)scope.ServiceProvider.GetRequiredService(context);

        var provider = db.Database.ProviderName!.Contains("Sqlite", StringComparison.Ordinal) ? "Sqlite" : "Postgres";
        using var design = DesignServices(db);
        var scaffolder = design.GetRequiredService<IMigrationsScaffolder>();
        var folder = Path.Combine(project, below, provider);
        var migration = scaffolder.ScaffoldMigration(name, context.Assembly.GetName().Name, $"{below.Replace('/', '.')}.{provider}");
        var files = scaffolder.Save(project, migration, folder, dryRun: false);
        foreach (var file in new[] { files.MigrationFile, files.MetadataFile, files.SnapshotFile })
        {
            Hide(file!);
            yield return file!;
        }
    }

    private static ServiceProvider Services(IModule? module, string dataFolder)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["data:folder"] = dataFolder, ["data:postgres"] = "Host=localhost" })
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<CallContext>();
        if (module is null) services.AddDialDecisions(configuration, ProcessRole.Host);
        else module.AddServices(new ModuleBuilder(module.Name, services, configuration));
        return services.BuildServiceProvider();
    }

    private static ServiceProvider DesignServices(DbContext db)
    {
        var services = new ServiceCollection();
        services.AddEntityFrameworkDesignTimeServices();
        services.AddDbContextDesignTimeServices(db);

        var provider = Assembly.Load(db.Database.ProviderName!);
        var type = provider.GetCustomAttribute<DesignTimeProviderServicesAttribute>()!.TypeName;
        ((IDesignTimeServices)Activator.CreateInstance(provider.GetType(type, throwOnError: true)!)!).ConfigureDesignTimeServices(services);
        return services.BuildServiceProvider();
    }

    // A module shows nothing but its module class; EF Core finds internal migrations as well.
    private static void Hide(string file) =>
        File.WriteAllText(file, File.ReadAllText(file).Replace("public partial class ", "internal partial class ", StringComparison.Ordinal).TrimStart('\uFEFF'));
}

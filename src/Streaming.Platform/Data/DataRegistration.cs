using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Platform.Caching;
using Streaming.Platform.Consistency;
using Streaming.Platform.Data.Moving;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;
using Streaming.Platform.Outbox;
using Streaming.Platform.Resilience;

namespace Streaming.Platform.Data;

/// <summary>Gives modules their databases.</summary>
internal static class DataRegistration
{
    public const string HistoryTable = "__migrations";

    /// <summary>What there is even where no module has data.</summary>
    public static void AddData(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => DataOptions.From(provider.GetRequiredService<IConfiguration>()));
        services.AddDial(); // what is kept in memory depends on whether others are there
        services.AddZoneCache(); // what a module keeps is forgotten when its rows change
        services.TryAddSingleton<OutboxSignal>();
        services.TryAddSingleton<DataHomes>();
        services.AddConsistency();
        services.TryAddSingleton(provider => new ModuleMigrations(
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<DataOptions>(), provider.GetService<ProcessRole>() ?? ProcessRole.Host, provider.GetServices<ModuleData>(),
            provider.GetService<DataMoveFollower>()));
    }

    public static void AddModuleData<TContext, TSqlite, TPostgres>(this IServiceCollection services, string module)
        where TContext : ModuleDbContext
        where TSqlite : TContext
        where TPostgres : TContext
    {
        services.AddData();
        services.AddDbContext<TSqlite>((provider, options) => Sqlite(options, provider.GetRequiredService<DataOptions>(), module, provider.GetRequiredService<Dependencies>())
            .AddInterceptors([provider.GetRequiredService<OutboxSignal>(), .. provider.GetKeyedServices<IInterceptor>(module)]), optionsLifetime: ServiceLifetime.Singleton);
        services.AddDbContext<TPostgres>((provider, options) => Postgres(options, provider.GetRequiredService<DataOptions>().Postgres!, module, provider.GetRequiredService<Dependencies>())
            .AddInterceptors([provider.GetRequiredService<OutboxSignal>(), .. Notes(provider), new HomeInterceptor(provider.GetRequiredService<DataHomes>(), provider.GetRequiredService<DataOptions>(), module), .. provider.GetKeyedServices<IInterceptor>(module)]), optionsLifetime: ServiceLifetime.Singleton);
        services.AddScoped<TContext>(provider => provider.GetRequiredService<DataOptions>().Postgres is null
            ? SqliteLock.Bound(provider.GetRequiredService<TSqlite>(), provider.GetRequiredService<CallContext>(), provider.GetRequiredService<TimeProvider>())
            : provider.GetRequiredService<TPostgres>());
        services.AddKeyedScoped<ModuleDbContext>(module, (provider, _) => provider.GetRequiredService<TContext>());
        services.AddSingleton(new ModuleData(module, typeof(TContext)));
    }

    public static DbContextOptionsBuilder Sqlite(DbContextOptionsBuilder options, DataOptions data, string module, Dependencies dependencies)
    {
        Directory.CreateDirectory(data.Folder);
        var connection = new SqliteConnectionStringBuilder { DataSource = data.PathOf($"{module}.db"), DefaultTimeout = SqliteLock.LongestSeconds };
        return options.UseSqlite(connection.ToString(), sqlite => sqlite.MigrationsHistoryTable(HistoryTable)
            .UseParameterizedCollectionMode(ParameterTranslationMode.Parameter)
            .ExecutionStrategy(behind => Circuit(behind, dependencies, module)));
    }

    public static DbContextOptionsBuilder Postgres(DbContextOptionsBuilder options, string connection, string module, Dependencies dependencies) =>
        options.UseNpgsql(connection, npgsql => npgsql.MigrationsHistoryTable(HistoryTable, ModuleDbContext.Schema(module))
            .UseParameterizedCollectionMode(ParameterTranslationMode.Parameter)
            .ExecutionStrategy(behind => Circuit(behind, dependencies, module)));

    private static IEnumerable<IInterceptor> Notes(IServiceProvider provider) =>
        provider.GetRequiredService<Cluster>() is { IsOne: false } cluster ? [new ServerNote(cluster)] : [];

    private static CircuitStrategy Circuit(ExecutionStrategyDependencies behind, Dependencies dependencies, string module) => new(
        behind,
        dependencies.Of(ResiliencePolicies.DatabaseRead, module, StorageFault.IsGone),
        dependencies.Of(ResiliencePolicies.DatabaseWrite, module, StorageFault.IsGone));
}

/// <summary>A module that has data.</summary>
internal sealed record ModuleData(string Module, Type Context);

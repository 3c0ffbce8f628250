using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;
using Streaming.Platform.Modules;

namespace Streaming.Platform.Jobs;

/// <summary>Hangfire, which only runs what modules keep as rows: losing its storage loses nothing.</summary>
public static class JobRegistration
{
    /// <summary>Hosts work on them, instances only add some. In memory with SQLite, on PostgreSQL (schema <c>hangfire</c>) with PostgreSQL. Workers: <c>jobs:workers</c>, default 2.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration, ProcessRole role)
    {
        services.AddHangfire((provider, hangfire) =>
        {
            hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();
            if (provider.GetRequiredService<DataOptions>().JobStorage is { } connection)
                hangfire.UsePostgreSqlStorage(storage => storage.UseNpgsqlConnection(connection), new PostgreSqlStorageOptions
                {
                    QueuePollInterval = TimeSpan.FromSeconds(1),
                    InvisibilityTimeout = TimeSpan.FromHours(24),
                });
            else
                hangfire.UseInMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromHours(1) });
        });
        if (role.Instance is not null) return services;
        services.AddHangfireServer(server =>
        {
            server.WorkerCount = configuration.GetValue("jobs:workers", 2);
            server.ShutdownTimeout = TimeSpan.FromSeconds(10);
            server.SchedulePollingInterval = TimeSpan.FromSeconds(1);
        });
        return services;
    }
}

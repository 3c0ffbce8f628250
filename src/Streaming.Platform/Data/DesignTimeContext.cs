using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Data;

/// <summary>Makes a context for <c>build/migrate</c>, which writes migrations from the model without opening a database.</summary>
/// <typeparam name="TContext">One of a module's two sealed contexts.</typeparam>
/// <param name="module">The module's name.</param>
/// <param name="postgres">Whether it is the PostgreSQL one.</param>
public abstract class DesignTimeContext<TContext>(string module, bool postgres) : IDesignTimeDbContextFactory<TContext>
    where TContext : ModuleDbContext
{
    /// <inheritdoc/>
    public TContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TContext>();
        if (postgres) DataRegistration.Postgres(options, "Host=127.0.0.1", module);
        else DataRegistration.Sqlite(options, new DataOptions { Folder = Path.GetTempPath() }, module);
        using var services = new ServiceCollection().AddScoped<CallContext>().AddSingleton(TimeProvider.System).BuildServiceProvider();
        return ActivatorUtilities.CreateInstance<TContext>(services, options.Options);
    }
}

using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Streaming.Platform.Data;
using Streaming.Platform.Modules;

namespace Streaming.ArchitectureTests.Fixtures.Behind;

/// <summary>A module whose model has no migration, and maps a type that is not its own.</summary>
internal sealed class BehindModule : IModule
{
    public string Name => "behind";

    public Assembly Contracts => typeof(BehindModule).Assembly;

    public void AddServices(ModuleBuilder module) => module.AddData<BehindDbContext, SqliteBehindDbContext, PostgresBehindDbContext>();

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}

internal sealed class Row
{
    public Guid Id { get; init; }
}

internal abstract class BehindDbContext(DbContextOptions options) : ModuleDbContext(options)
{
    public override string Module => "behind";

    protected override void BuildModel(ModelBuilder model)
    {
        model.Entity<Row>();
        model.Entity<Version>(version => version.HasKey(v => v.Major));
    }
}

internal sealed class SqliteBehindDbContext(DbContextOptions<SqliteBehindDbContext> options) : BehindDbContext(options);

internal sealed class PostgresBehindDbContext(DbContextOptions<PostgresBehindDbContext> options) : BehindDbContext(options);

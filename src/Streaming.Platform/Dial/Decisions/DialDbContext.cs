using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;
using Streaming.Platform.Data.Moving;

namespace Streaming.Platform.Dial.Decisions;

/// <summary>The dial's rows: every decision that was ever made, and the processes that are there.</summary>
internal abstract class DialDbContext(DbContextOptions options) : ModuleDbContext(options)
{
    public const string Name = "dial";

    public override string Module => Name;

    public DbSet<DialDecision> Decisions => Set<DialDecision>();

    public DbSet<ProcessRow> Processes => Set<ProcessRow>();

    public DbSet<DataMove> Moves => Set<DataMove>();

    protected override void BuildModel(ModelBuilder model)
    {
        model.Entity<DialDecision>(decision =>
        {
            decision.ToTable("decision").HasKey(d => d.Epoch);
            decision.Property(d => d.Epoch).ValueGeneratedOnAdd();
            decision.Property(d => d.Module).HasMaxLength(40);
            decision.Property(d => d.Mode).HasConversion(mode => DialWords.Of(mode), word => DialWords.Parse(word) ?? DialMode.InProcess).HasMaxLength(20);
            decision.Property(d => d.Percent).HasPrecision(5, 2);
            // Of two who decide at once on the same state one is refused: nobody's decision is overwritten unseen.
            decision.HasIndex(d => new { d.Module, d.Previous }).IsUnique();
            decision.HasIndex(d => new { d.Module, d.Epoch });
        });
        model.Entity<ProcessRow>(process => process.ToTable("process").HasKey(p => p.Name));
        model.Entity<DataMove>(move =>
        {
            move.ToTable("data_move").HasKey(m => m.Module);
            move.Property(m => m.Module).HasMaxLength(40);
            move.Property(m => m.Phase).HasConversion<string>().HasMaxLength(20);
            move.Property(m => m.Epoch).IsConcurrencyToken();
        });
    }
}

internal sealed class SqliteDialDbContext(DbContextOptions<SqliteDialDbContext> options) : DialDbContext(options);

internal sealed class PostgresDialDbContext(DbContextOptions<PostgresDialDbContext> options) : DialDbContext(options);

/// <summary>A decision, which is never changed.</summary>
internal sealed class DialDecision
{
    /// <summary>Later decisions have higher ones, with gaps.</summary>
    public long Epoch { get; init; }

    public required string Module { get; init; }

    /// <summary>The module's decision that it replaces; 0 for none.</summary>
    public long Previous { get; init; }

    public DialMode Mode { get; init; }

    public decimal Percent { get; init; }

    /// <summary>Who has made it.</summary>
    public required string By { get; init; }

    public required string Reason { get; init; }

    /// <summary>What it rests on, as JSON; null where nobody measured.</summary>
    public string? Numbers { get; init; }

    /// <summary>Made by a guard: the module came back because it fared worse elsewhere.</summary>
    public bool IsTurnBack { get; init; }

    public DateTimeOffset At { get; init; }

    public ModuleDial Dial => new(Module, Mode, Percent, Epoch);
}

/// <summary>A process, as it says of itself.</summary>
internal sealed class ProcessRow
{
    public required string Name { get; init; }

    public required string Id { get; set; }

    public bool IsInstance { get; set; }

    /// <summary>Separated by commas.</summary>
    public required string Modules { get; set; }

    public required string Address { get; set; }

    public string? Wire { get; set; }

    public required string Version { get; set; }

    /// <summary>The shapes of its contracts, as JSON.</summary>
    public required string Manifest { get; set; }

    /// <summary>Raised by an instance every second: who lives is seen by that and not by a clock.</summary>
    public long Beat { get; set; }

    public long Epoch { get; set; }

    /// <summary>Up to which change it follows where modules' rows are.</summary>
    public long DataEpoch { get; set; }

    public bool IsDraining { get; set; }
}

internal static class DialDataRegistration
{
    public static void AddDialData(this IServiceCollection services) =>
        services.AddModuleData<DialDbContext, SqliteDialDbContext, PostgresDialDbContext>(DialDbContext.Name);
}

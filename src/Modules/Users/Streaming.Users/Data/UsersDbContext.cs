using Microsoft.EntityFrameworkCore;
using Streaming.Platform.Data;
using Streaming.Users.Accounts;
using Streaming.Users.Sessions;

namespace Streaming.Users.Data;

internal abstract class UsersDbContext(DbContextOptions options) : ModuleDbContext(options)
{
    public override string Module => "users";

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Profile> Profiles => Set<Profile>();

    public DbSet<Installation> Installations => Set<Installation>();

    public DbSet<SignInAttempt> SignInAttempts => Set<SignInAttempt>();

    public DbSet<SessionEntry> Sessions => Set<SessionEntry>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    public DbSet<AccountChange> AccountChanges => Set<AccountChange>();

    protected override void BuildModel(ModelBuilder model) => model.ApplyConfigurationsFromAssembly(typeof(UsersDbContext).Assembly);
}

internal sealed class SqliteUsersDbContext(DbContextOptions<SqliteUsersDbContext> options) : UsersDbContext(options);

internal sealed class PostgresUsersDbContext(DbContextOptions<PostgresUsersDbContext> options) : UsersDbContext(options);

using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.ModuleTests.Fixtures;
using Streaming.Platform.Dial;
using Streaming.Users;
using Streaming.Users.Accounts;

namespace Streaming.ModuleTests.Users;

/// <summary>What the tests of this module do again and again.</summary>
internal static class UsersHost
{
    public const string Password = "correct horse battery";

    public static Task<ModuleHost> Start(Engine engine, DialMode dial, params (string Key, string Value)[] settings) => ModuleHost.Start(
        engine, dial, [new UsersModule()],
        // One round instead of 210,000: the tests are not about how long a hash takes.
        services => services.PostConfigure<PasswordHasherOptions>(hashing => hashing.IterationCount = 1),
        settings.ToDictionary(s => s.Key, s => (string?)s.Value));

    public static PrepareInstallation Preparation(this ModuleHost host) => ActivatorUtilities.CreateInstance<PrepareInstallation>(host.Services);

    public static async Task<string> SetupCode(this ModuleHost host)
    {
        await host.Preparation().StartAsync(CancellationToken.None);
        return (await File.ReadAllTextAsync(Path.Combine(host.Folder, "setup-code.txt"))).Trim();
    }

    public static async Task<AccountView> Found(this ModuleHost host) =>
        (await host.Send(new Register.Command("first@example.org", Password, await host.SetupCode()))).Value;

    public static async Task<AccountView> Join(this ModuleHost host, string? email = null) =>
        (await host.Send(new Register.Command(email ?? $"{Guid.NewGuid():N}@example.org", Password), Caller.Anonymous)).Value;

    public static Caller AsCaller(this AccountView account) => new(account.Id, account.Roles, new Dictionary<string, string>());
}

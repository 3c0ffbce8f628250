using System.Reflection;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Platform.Data;
using Streaming.Platform.Modules;
using Streaming.Users.Accounts;
using Streaming.Users.ApiKeys;
using Streaming.Users.Data;
using Streaming.Users.Pages;
using Streaming.Users.Profiles;
using Streaming.Users.Sessions;

namespace Streaming.Users;

/// <summary>Accounts, their profiles and roles, and how a request is known to be theirs.</summary>
public sealed class UsersModule : IModule
{
    public string Name => "users";

    public Assembly Contracts => typeof(GetProfiles).Assembly;

    public void AddServices(ModuleBuilder module)
    {
        module.AddData<UsersDbContext, SqliteUsersDbContext, PostgresUsersDbContext>();
        module.AddOptions<RegistrationOptions>("registration").AddOptions<OperatorOptions>("operator");
        module.Services.AddOptions<OperatorOptions>().PostConfigure<IConfiguration>((options, configuration) =>
        {
            options.Email ??= configuration["STREAMING_OPERATOR_EMAIL"] ?? Environment.GetEnvironmentVariable("STREAMING_OPERATOR_EMAIL");
            options.Password ??= configuration["STREAMING_OPERATOR_PASSWORD"] ?? Environment.GetEnvironmentVariable("STREAMING_OPERATOR_PASSWORD");
        });

        AddIdentity(module.Services);
        AddSessions(module.Services);
        module.Services.AddSingleton<SetupCode>().AddSingleton<KnownAccounts>().AddScoped<AccountOpening>().AddScoped<AccountAskedFor>();
        module.Services.AddKeyedSingleton<IInterceptor, AccountChanges>(Name);
        module.Services.AddHostWork<PrepareInstallation>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/api/users").WithTags("Users").WithMetadata(new RequestSizeLimitAttribute(32 * 1024));
        users.AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return next(context);
        });
        Register.Map(users);
        SignIn.Map(users);
        SignOut.Map(users);
        ResetPassword.Map(users);
        ReadAccount.Map(users);
        ListAccounts.Map(users);
        AssignRoles.Map(users);

        var sessions = users.MapGroup("/sessions");
        ListSessions.Map(sessions);
        EndSession.Map(sessions);

        var keys = users.MapGroup("/api-keys");
        ListApiKeys.Map(keys);
        CreateApiKey.Map(keys);
        RevokeApiKey.Map(keys);

        var profiles = users.MapGroup("/profiles");
        ListProfiles.Map(profiles);
        ReadProfile.Map(profiles);
        CreateProfile.Map(profiles);
        ChangeProfile.Map(profiles);
        DeleteProfile.Map(profiles);
        ChooseProfile.Map(profiles);

        AccountForms.Map(routes);
    }

    private static void AddIdentity(IServiceCollection services)
    {
        // OWASP's count for PBKDF2 with SHA-512; older hashes are renewed at the next sign-in.
        services.Configure<PasswordHasherOptions>(hashing => hashing.IterationCount = 210_000);
        services.AddIdentityCore<Account>(identity =>
        {
            identity.User.RequireUniqueEmail = true;
            identity.User.AllowedUserNameCharacters = "";
            identity.Password.RequiredLength = PasswordLength.Shortest;
            identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
        }).AddEntityFrameworkStores<UsersDbContext>();
        services.AddSingleton<UnknownPassword>().AddScoped<Lockout>();
    }

    private static void AddSessions(IServiceCollection services)
    {
        services.AddAuthentication(schemes =>
            {
                schemes.DefaultScheme = SessionHandler.SchemeName;
                schemes.DefaultSignInScheme = schemes.DefaultSignOutScheme = IdentityConstants.ApplicationScheme;
            })
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie =>
            {
                cookie.Cookie.Name = "streaming";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
                cookie.SlidingExpiration = true;
            })
            .AddBearerToken(IdentityConstants.BearerScheme, bearer => bearer.BearerTokenExpiration = TimeSpan.FromHours(12));
        services.AddAuthorization().AddAntiforgery();
        services.AddSingleton<SessionTokens>();
        services.AddOptions<KeyManagementOptions>().Configure<DataOptions, IServiceScopeFactory, TimeProvider>((keys, data, scopes, clock) =>
        {
            if (data.Postgres is not null) keys.XmlRepository = new ProtectionKeys(scopes, clock);
        });
        services.AddSingleton<SessionActivity>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionActivity>());
        services.AddHostedService<FollowAccountChanges>();
        services.AddSingleton<OperatorKey>();
        services.AddHostWork<OperatorKey>();
    }
}

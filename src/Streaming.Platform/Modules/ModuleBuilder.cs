using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streaming.Platform.Data;

namespace Streaming.Platform.Modules;

/// <summary>What a module registers itself with.</summary>
/// <param name="name">The module's name.</param>
/// <param name="services">The host's services.</param>
/// <param name="configuration">The host's configuration; the module's own section is <see cref="Section"/>.</param>
public sealed class ModuleBuilder(string name, IServiceCollection services, IConfiguration configuration)
{
    private readonly List<string> _sections = [];

    /// <summary>The module's name.</summary>
    public string Name { get; } = name;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; } = services;

    /// <summary>The host's configuration.</summary>
    public IConfiguration Configuration { get; } = configuration;

    /// <summary>The section named like the module.</summary>
    public IConfigurationSection Section => Configuration.GetSection(Name);

    internal Type? Data { get; private set; }

    /// <summary>
    /// Binds options from <c>{module}:{section}</c> and validates their annotations at start; a wrong value or a key that the
    /// options do not have stops the host with a message that names the key.
    /// </summary>
    public ModuleBuilder AddOptions<TOptions>(string section) where TOptions : class
    {
        _sections.Add(section);
        Services.AddOptions<TOptions>()
            .Configure(options => Bind(section, options))
            .Validate(options =>
            {
                var wrong = new List<ValidationResult>();
                if (Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)) return true;
                throw new OptionsValidationException(
                    typeof(TOptions).Name, typeof(TOptions), wrong.Select(w => $"{Key(section, w)}: {w.ErrorMessage}"));
            })
            .ValidateOnStart();
        return this;
    }

    /// <summary>
    /// Gives the module its own database: a SQLite file or a PostgreSQL schema, as the installation has it. Handlers ask for
    /// <typeparamref name="TContext"/> and never learn which.
    /// </summary>
    public ModuleBuilder AddData<TContext, TSqlite, TPostgres>()
        where TContext : ModuleDbContext
        where TSqlite : TContext
        where TPostgres : TContext
    {
        Data = typeof(TContext);
        Services.AddModuleData<TContext, TSqlite, TPostgres>(Name);
        return this;
    }

    /// <exception cref="InvalidOperationException">The configuration has a section of this module that no options are bound to.</exception>
    internal void CheckSections()
    {
        if (Section.GetChildren().FirstOrDefault(s => !_sections.Contains(s.Key, StringComparer.OrdinalIgnoreCase)) is not { } unknown) return;
        throw new InvalidOperationException(_sections.Count == 0
            ? $"{unknown.Path} is not known; {Name} has nothing to set."
            : $"{unknown.Path} is not known. There are {string.Join(", ", _sections.Order(StringComparer.Ordinal))}.");
    }

    private void Bind<TOptions>(string section, TOptions options) where TOptions : class
    {
        try
        {
            // Without this the binder leaves out misspelt keys, and entries of dictionaries whose values it cannot read.
            Section.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException failure)
        {
            // The innermost of the binder's own exceptions is the one that names the key.
            while (failure.InnerException is InvalidOperationException inner) failure = inner;
            throw new OptionsValidationException(typeof(TOptions).Name, typeof(TOptions), [$"{Name}:{section}: {failure.Message}"]);
        }
    }

    private string Key(string section, ValidationResult wrong) => string.Join(
        ':', [Name, section, .. wrong.MemberNames.Take(1).Select(JsonNamingPolicy.CamelCase.ConvertName)]);
}

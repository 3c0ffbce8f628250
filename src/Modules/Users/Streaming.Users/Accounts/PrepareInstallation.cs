using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>
/// While there is no account: makes the operator of an unattended installation, or else the set-up code for whoever reads the log.
/// </summary>
internal sealed partial class PrepareInstallation(
    IServiceScopeFactory scopes,
    IOptions<OperatorOptions> configured,
    IValidator<Register.Command> rules,
    SetupCode code,
    ILogger<PrepareInstallation> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<UsersDbContext>().Accounts.AnyAsync(cancellationToken))
        {
            code.Destroy();
            return;
        }

        var (email, password) = (configured.Value.Email, configured.Value.Password);
        if (string.IsNullOrEmpty(email) && string.IsNullOrEmpty(password))
        {
            FirstAccount(log, await code.Renew(cancellationToken), code.Path);
            return;
        }

        await OpenOperator(scope.ServiceProvider.GetRequiredService<AccountOpening>(), email ?? "", password ?? "", cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task OpenOperator(AccountOpening opening, string email, string password, CancellationToken ct)
    {
        var checkedCommand = rules.Validate(new Register.Command(email, password));
        if (!checkedCommand.IsValid) throw Wrong(string.Join(' ', checkedCommand.Errors.Select(e => e.ErrorMessage)));

        var opened = await opening.Open(email, password, asFounder: true, ct);
        // Another process of this installation was faster; then there is an operator, which is all that was wanted.
        if (opened.Error is { } error && error != AccountOpening.AlreadyFounded && error != AccountOpening.EmailTaken)
            throw Wrong(string.Join(' ', error.Fields?.Values.SelectMany(messages => messages) ?? [error.Message]));
        if (!opened.IsError) OperatorMade(log);
        code.Destroy();
    }

    private static InvalidOperationException Wrong(string why) => new(
        "The operator's account cannot be made from STREAMING_OPERATOR_EMAIL and STREAMING_OPERATOR_PASSWORD "
        + $"(users:operator:email and users:operator:password): {why} Mend both or remove both, then start again.");

    [LoggerMessage(1, LogLevel.Warning, "There is no account yet. Register the first one with the set-up code {Code}, which makes it the operator's; the code is also in {Path}")]
    private static partial void FirstAccount(ILogger logger, string code, string path);

    [LoggerMessage(2, LogLevel.Information, "The operator's account was made from the configuration")]
    private static partial void OperatorMade(ILogger logger);
}

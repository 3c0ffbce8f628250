using System.CommandLine;
using Streaming.Host.Composition;
using Streaming.Host.Running;
using Streaming.Platform.Data;

namespace Streaming.Host.Commands;

/// <summary><c>streaming migrate</c>: brings every module's database up to this version.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var host = new HostOptions();
        var command = new Command(
            "migrate", "Bring the database up to this version. SQLite does it by itself at start.\n\nExample: streaming migrate --postgres \"Host=db;Database=streaming;Username=streaming\"");
        host.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                await using var app = StreamingApplication.Build(host.Settings(parsed));
                var applied = await app.Services.GetRequiredService<ModuleMigrations>().Apply(ct);
                foreach (var migration in applied) Console.WriteLine($"applied {migration}");
                Console.WriteLine(applied.Count == 0 ? "Nothing to do: the database is up to date." : $"Done: {applied.Count} migrations.");
                return ExitCodes.Done;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                await Console.Error.WriteLineAsync(StartFailure.From(failure).Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}

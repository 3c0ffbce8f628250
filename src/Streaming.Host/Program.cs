using System.CommandLine;
using Streaming.Host.Commands;

var root = new RootCommand("A video platform in one binary: a film goes in, viewers watch it.")
{
    ServeCommand.Create(),
    IngestCommand.Create(),
    EventsCommand.Create(),
    KeysCommand.Create(),
    SessionsCommand.Create(),
    ApiKeysCommand.Create(),
    ResetPasswordCommand.Create(),
    MigrateCommand.Create(),
    ConfigCommand.Create(),
    HealthCommand.Create(),
};

var parsed = root.Parse(args);
var exit = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ExitCodes.WrongUsage : exit;

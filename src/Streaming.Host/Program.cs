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
    DialCommand.Create(),
    ReadinessCommand.Create(),
    RehearseCommand.Create(),
    MoveDataCommand.Create(),
    UpgradeCommand.Create(),
    MigrateCommand.Create(),
    ConfigCommand.Create(),
    HealthCommand.Create(),
};

var parsed = root.Parse(args);
// A host that is told to stop ends what it has begun; after the two seconds that are usual it would be killed in the middle.
var exit = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(45) });
return parsed.Errors.Count > 0 ? ExitCodes.WrongUsage : exit;

using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Streaming.Host.Running;

/// <summary>The host cannot start, for a reason that its operator can mend.</summary>
internal sealed class StartFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    public static StartFailure From(Exception failure) => failure switch
    {
        StartFailure known => known,
        OptionsValidationException options => new($"The configuration is not right:\n- {string.Join("\n- ", options.Failures)}", failure),
        IOException { InnerException: AddressInUseException } => new($"{failure.Message} Another program listens there; choose another address with --urls.", failure),
        NpgsqlException or SocketException => new($"PostgreSQL cannot be used: {failure.Message} Check --postgres (data:postgres).", failure),
        DbException database => new($"The databases in the data folder cannot be used: {database.Message} Mend that (is the disk full?), or choose another folder with --data.", failure),
        UnauthorizedAccessException => new($"{failure.Message} Give the folder to the user that runs streaming, or choose another with --data.", failure),
        FormatException => new($"{failure.Message} Check the addresses (--urls) and connection strings (--postgres).", failure),
        InvalidDataException { InnerException: FormatException { InnerException: JsonException json } } =>
            new($"{failure.Message.TrimEnd('.')}: {json.Message} Mend the file, or take it away.", failure),
        ArgumentException => new($"The configuration is not right: {failure.Message}", failure),
        InvalidOperationException or IOException => new(failure.Message, failure),
        _ => new($"The host could not start: {failure}", failure),
    };
}

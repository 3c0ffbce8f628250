using System.CommandLine;
using Streaming.Host.Running;

namespace Streaming.Host.Commands;

/// <summary><c>streaming health</c>: for container and service supervisors, which have no HTTP client at hand.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var server = new Option<string?>("--server") { Description = "Address of the host. Default: the host of --data, else http://127.0.0.1:8080", HelpName = "url" };
        var data = new Option<string?>("--data") { Description = "Data folder of the host", HelpName = "folder" };
        var command = new Command("health", "Ask a running host whether it is ready; prints its checks as JSON; exit code 0 if it is.\n\nExample: streaming health --data /var/lib/streaming") { server, data };
        command.SetAction(async (parsed, ct) =>
        {
            var address = parsed.GetValue(server) ?? "http://127.0.0.1:8080";
            try
            {
                if (parsed.GetValue(server) is null && parsed.GetValue(data) is { } folder)
                    address = FolderLock.Running(folder)?.ToString() ?? throw new StartFailure($"No host runs on {folder}.");
                using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
                using var answer = await http.GetAsync(new Uri(new Uri(address), "/health/ready"), ct);
                Console.WriteLine(await answer.Content.ReadAsStringAsync(ct));
                return answer.IsSuccessStatusCode ? ExitCodes.Done : ExitCodes.Failed;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or UriFormatException)
            {
                await Console.Error.WriteLineAsync($"No answer from {address}: {failure.Message}");
                return ExitCodes.Failed;
            }
            catch (StartFailure failure)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}

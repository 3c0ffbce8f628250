using System.CommandLine;

namespace Streaming.Host.Commands;

/// <summary><c>streaming health</c>: for container and service supervisors, which have no HTTP client at hand.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var server = new Option<string>("--server") { Description = "Address of the host", DefaultValueFactory = _ => "http://127.0.0.1:8080", HelpName = "url" };
        var command = new Command("health", "Ask a running host whether it is ready; exit code 0 if it is.\n\nExample: streaming health --server http://127.0.0.1:8080") { server };
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
                using var answer = await http.GetAsync(new Uri(new Uri(parsed.GetRequiredValue(server)), "/health/ready"), ct);
                Console.WriteLine(await answer.Content.ReadAsStringAsync(ct));
                return answer.IsSuccessStatusCode ? ExitCodes.Done : ExitCodes.Failed;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or UriFormatException)
            {
                await Console.Error.WriteLineAsync($"No answer from {parsed.GetValue(server)}: {failure.Message}");
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}

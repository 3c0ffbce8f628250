using Streaming.Platform.Modules;

namespace Streaming.Host.Running;

/// <summary>
/// Asks an instance's own routes before anybody else does: what is asked first is compiled and fills caches, and that must not be felt by
/// viewers, nor be taken for slowness.
/// </summary>
internal static class InstanceWarmUp
{
    private const int Rounds = 10;
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    public static async Task Run(IServiceProvider services, ProcessRole role, Uri url, CancellationToken ct)
    {
        var paths = services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(e => IsPlainQuestion(e, role)).Select(e => $"/{e.RoutePattern.RawText!.Trim('/')}")
            .Distinct().ToArray();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_longest);
        using var http = new HttpClient { BaseAddress = url };
        try
        {
            for (var round = 0; round < Rounds; round++)
                foreach (var path in paths)
                    using (await http.GetAsync(path, limit.Token))
                    {
                        // Also a refusal warms what refuses.
                    }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            // It starts all the same, only colder.
        }
    }

    private static bool IsPlainQuestion(RouteEndpoint endpoint, ProcessRole role) =>
        endpoint.RoutePattern.Parameters.Count == 0 && endpoint.Metadata.GetMetadata<ModuleEndpoint>() is { } of && role.Modules.Contains(of.Module)
        && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true
        && !endpoint.RoutePattern.RawText!.EndsWith("/events", StringComparison.Ordinal);
}

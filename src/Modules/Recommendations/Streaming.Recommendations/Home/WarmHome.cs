using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Streaming.Recommendations.Home;

/// <summary>Composes one home page when the host has started, so that the first viewer does not wait for its code to be compiled.</summary>
internal sealed class WarmHome(IServiceScopeFactory scopes, IHostApplicationLifetime host) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource<bool>();
        await using (host.ApplicationStarted.Register(() => started.TrySetResult(true)))
        await using (stoppingToken.Register(() => started.TrySetResult(false)))
            if (!await started.Task) return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new GetHomeRows(), stoppingToken);
    }
}

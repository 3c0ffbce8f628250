using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>Keeps when a session was last seen, to within five minutes, and without a request waiting for it.</summary>
internal sealed partial class SessionActivity(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionActivity> log) : BackgroundService
{
    private const int Most = 10_000;
    private static readonly TimeSpan _apart = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, long> _noted = new();
    private readonly Channel<Guid> _seen = Channel.CreateBounded<Guid>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Note(Guid session)
    {
        if (_noted.TryGetValue(session, out var at) && clock.GetElapsedTime(at) < _apart) return;
        if (_noted.Count >= Most) _noted.Clear();
        _noted[session] = clock.GetTimestamp();
        _seen.Writer.TryWrite(session);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var session in _seen.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var now = clock.GetUtcNow();
                await scope.ServiceProvider.GetRequiredService<UsersDbContext>().Sessions.Where(s => s.Id == session)
                    .ExecuteUpdateAsync(set => set.SetProperty(s => s.SeenAt, now), stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                NotNoted(log, failure.Message);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "When a session was last seen could not be noted: {Reason}")]
    private static partial void NotNoted(ILogger logger, string reason);
}

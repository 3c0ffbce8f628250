using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Streaming.Platform.Data.Moving;

/// <summary>
/// Carries moves on, in whichever host has the lead of one: an advisory lock of the installation's database, which ends with the process. Each step can
/// be done again, so a host that takes over begins with the step that the row names.
/// </summary>
internal sealed partial class DataMover(DataMoves moves, MoveSteps steps, DataOptions data, TimeProvider clock, ILogger<DataMover> log) : BackgroundService
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (data.Postgres is not { } installation) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            var isResting = true;
            try
            {
                foreach (var move in await moves.Rows(stoppingToken))
                {
                    if (move.Phase is not (MovePhase.Aborted or MovePhase.Completed)) await Lead(installation, move, stoppingToken);
                    isResting &= move.Phase.IsResting;
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                NotLed(log, failure.Message);
            }

            try
            {
                await Task.Delay(isResting ? _rest : _beat, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task Lead(string installation, DataMove move, CancellationToken ct)
    {
        await using var lead = await Side.Open(installation, ct);
        if (!await Side.Ask<bool>(lead, $"SELECT pg_try_advisory_lock({Key(move.Module)})", ct)) return;
        // Read again: who had the lead may have gone on in between.
        for (var now = (await moves.Rows(ct)).Single(m => m.Module == move.Module); now is { Phase: not (MovePhase.Completed or MovePhase.Aborted) };)
        {
            DataMove? next;
            try
            {
                next = await steps.Step(now, lead, ct);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException && !ct.IsCancellationRequested)
            {
                NotLed(log, $"{now.Module}, {now.Phase}: {failure.Message}");
                await steps.Trouble(now, failure, ct);
                return;
            }

            if (next is null || next.Epoch == now.Epoch) return;
            Gone(log, next.Module, next.Phase, next.Message);
            now = next;
        }
    }

    private static long Key(string module) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"streaming.move.{module}")));

    [LoggerMessage(1, LogLevel.Warning, "The move of rows does not go on at the moment, and is tried again: {Reason}")]
    private static partial void NotLed(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "The move of {Module}'s rows is at {Phase}: {Message}")]
    private static partial void Gone(ILogger logger, string module, MovePhase phase, string message);
}

internal static class MovingRegistration
{
    public static void AddDataMoves(this IServiceCollection services)
    {
        services.AddSingleton<DataMoves>().AddSingleton<MoveSteps>().AddSingleton<DataMoveFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<DataMoveFollower>());
        Modules.HostWork.AddHostWork<DataMover>(services);
    }
}

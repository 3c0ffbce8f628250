using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Playback.Data;

namespace Streaming.Playback.Access;

/// <summary>The live keys, in memory for those who verify: a segment is served without a question to the database.</summary>
internal sealed partial class SigningKeys(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SigningKeys> log) : IDisposable
{
    private static readonly TimeSpan _signsFor = TimeSpan.FromDays(30);
    private static readonly TimeSpan _acceptedFor = TimeSpan.FromDays(60);
    private static readonly TimeSpan _reloadAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _reloadAtMostEvery = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile Known? _known;

    /// <summary>
    /// The key to sign with, out of the transaction at hand; a new one where there is none or the newest has signed for a month.
    /// </summary>
    public async Task<SigningKey> Current(PlaybackDbContext db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known?.Newest is { } known && now - known.CreatedAt < _signsFor) return known;
        var newest = await db.SigningKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (newest is not null && now - newest.CreatedAt < _signsFor) return newest;

        var outlived = now - _acceptedFor;
        await db.SigningKeys.Where(k => k.CreatedAt < outlived).ExecuteDeleteAsync(cancellationToken);
        var key = SigningKey.Make(now);
        db.SigningKeys.Add(key); // not remembered here: the transaction may yet be rolled back
        return key;
    }

    public async ValueTask<SigningKey?> Find(string id, CancellationToken cancellationToken)
    {
        var known = _known;
        var age = known is null ? TimeSpan.MaxValue : clock.GetElapsedTime(known.LoadedAt);
        if (known is not null && age < _reloadAfter && (age < _reloadAtMostEvery || known.Keys.ContainsKey(id)))
            return known.Keys.GetValueOrDefault(id);
        return (await Load(known, anew: false, cancellationToken)).Keys.GetValueOrDefault(id);
    }

    /// <summary>After this host has changed them: what somebody else has begun to read may be from before that.</summary>
    public Task Reload(CancellationToken cancellationToken) => Load(_known, anew: true, cancellationToken);

    /// <summary>After this host has taken one back: it is over here also where the others cannot be read now.</summary>
    public async Task Revoked(string id, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } known) _known = Known.Of([.. known.Keys.Values.Where(k => k.Id != id)], known.LoadedAt) with { IsOld = known.IsOld };
        }
        finally
        {
            _loading.Release();
        }

        await Reload(cancellationToken);
    }

    /// <summary>Reads them anew where anybody has asked for one yet; what another host has changed is known here from then on.</summary>
    public Task Follow(CancellationToken cancellationToken) => _known is { } known ? Load(known, anew: true, cancellationToken) : Task.CompletedTask;

    public void Dispose() => _loading.Dispose();

    private async Task<Known> Load(Known? before, bool anew, CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            if (!anew && _known is { } fresh && fresh != before) return fresh; // somebody else has just done it
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PlaybackDbContext>();
            return _known = Known.Of(await db.SigningKeys.AsNoTracking().ToListAsync(ct), clock.GetTimestamp());
        }
        catch (Exception failure) when (_known is not null && failure is not OperationCanceledException)
        {
            // As they are now, and not as they were when this began to wait: one may have been taken back meanwhile.
            if (!_known.IsOld) LoadFailed(log, failure);
            return _known = _known with { LoadedAt = clock.GetTimestamp(), IsOld = true };
        }
        finally
        {
            _loading.Release();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The signing keys could not be read; going on with those known")]
    private static partial void LoadFailed(ILogger logger, Exception failure);

    private sealed record Known(FrozenDictionary<string, SigningKey> Keys, SigningKey? Newest, long LoadedAt, bool IsOld)
    {
        public static Known Of(IReadOnlyCollection<SigningKey> keys, long loadedAt) =>
            new(keys.ToFrozenDictionary(k => k.Id), keys.MaxBy(k => k.CreatedAt), loadedAt, IsOld: false);
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using MediatR;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Platform.Caching;
using Streaming.Platform.Dial;

namespace Streaming.Playback.Media;

/// <summary>
/// The rows that playlists are written from: those of complete revisions stay in memory while there is room, those of growing ones
/// for half a second. However many players ask at once, the catalogue is asked once; and one that is complete never changes, so that the
/// zones keep it for the hosts that have not asked for it yet.
/// </summary>
internal sealed class Presentations(IZoneCache zones, IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    /// <summary>In segments, of about 300 bytes each with the playlists written from them: some 30 MB, or ten long films.</summary>
    private const int Room = 100_000;

    private static readonly CacheLife _life = new(CacheLife.Longest, CacheLife.Longest);
    private static readonly TimeSpan _growingFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _keepGrowing = TimeSpan.FromMinutes(10);
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Room });
    private readonly ConcurrentDictionary<(Guid Asset, int Revision), Lazy<Task<Result<Listing>>>> _asking = [];

    public async ValueTask<Result<Listing>> Get(Guid asset, int revision, CancellationToken cancellationToken)
    {
        var known = _cache.Get<Listing>((asset, revision));
        if (known is not null && (known.Presentation.Complete || clock.GetElapsedTime(known.ReadAt) < _growingFor)) return known;

        var asking = _asking.GetOrAdd((asset, revision), key => new Lazy<Task<Result<Listing>>>(() => Ask(key.Asset, key.Revision)));
        var answer = await asking.Value.WaitAsync(cancellationToken);
        // A player that polls is better served with what was there a moment ago than with an error.
        return answer is { IsError: true, Error.Kind: ErrorKind.Unavailable or ErrorKind.Deadline } && known is not null ? known with { IsStale = true } : answer;
    }

    public void Dispose() => _cache.Dispose();

    // Bounded by the contract's own deadline, and by no request's token: others may be waiting for the same answer.
    private async Task<Result<Listing>> Ask(Guid asset, int revision)
    {
        try
        {
            var kept = await zones.GetOrCreate($"playback:manifest:{asset:N}:{revision}", (scopes, asset, revision),
                static (of, ct) => Read(of.scopes, of.asset, of.revision, ct), _life, CancellationToken.None);
            return _cache.Set((asset, revision), new Listing(kept!.Presentation, clock.GetTimestamp(), clock.GetUtcNow()), Options(kept.Presentation));
        }
        catch (NotRead failure)
        {
            return failure.Error;
        }
        catch (TimeoutException)
        {
            return Error.Unavailable("playback:manifest-late", "What the playlist is written from did not come in time. Try again.");
        }
        finally
        {
            _asking.TryRemove((asset, revision), out _);
        }
    }

    private static async ValueTask<Kept?> Read(IServiceScopeFactory scopes, Guid asset, int revision, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System; // the token was for these rows
        var answer = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new GetPresentation(asset, revision), ct);
        return answer.TryGet(out var presentation, out var error) ? new Kept(presentation) : throw new NotRead(error);
    }

    private static MemoryCacheEntryOptions Options(Presentation presentation) => new()
    {
        Size = 10 + presentation.Video.Sum(v => v.Segments.Count) + presentation.Audio.Sum(a => a.Segments.Count),
        AbsoluteExpirationRelativeToNow = presentation.Complete ? null : _keepGrowing,
    };

    private sealed record Kept(Presentation Presentation) : ICacheChoice
    {
        [JsonIgnore]
        public bool IsKept => Presentation.Complete;
    }

    // The cache keeps what is returned and not what is thrown.
    private sealed class NotRead(Error error) : Exception(error.Message)
    {
        public Error Error => error;
    }
}

using System.Collections.Concurrent;
using MediatR;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Catalog;
using Streaming.Kernel;
using Streaming.Platform.Dial;

namespace Streaming.Playback.Media;

/// <summary>
/// The rows that playlists are written from: those of complete revisions stay in memory while there is room, those of growing ones
/// for half a second. However many players ask at once, the catalogue is asked once.
/// </summary>
internal sealed class Presentations(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    /// <summary>In segments, of about 300 bytes each with the playlists written from them: some 30 MB, or ten long films.</summary>
    private const int Room = 100_000;

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
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CallContext>().Caller = Caller.System; // the token was for these rows
            var answer = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new GetPresentation(asset, revision), CancellationToken.None);
            if (!answer.TryGet(out var presentation, out var error)) return error;
            return _cache.Set((asset, revision), new Listing(presentation, clock.GetTimestamp(), clock.GetUtcNow()), Options(presentation));
        }
        finally
        {
            _asking.TryRemove((asset, revision), out _);
        }
    }

    private static MemoryCacheEntryOptions Options(Presentation presentation) => new()
    {
        Size = 10 + presentation.Video.Sum(v => v.Segments.Count) + presentation.Audio.Sum(a => a.Segments.Count),
        AbsoluteExpirationRelativeToNow = presentation.Complete ? null : _keepGrowing,
    };
}

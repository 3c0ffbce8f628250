using Streaming.Catalog.Assets;
using Streaming.Catalog.Media;
using Streaming.Kernel;

namespace Streaming.Catalog.Ingests;

/// <summary>From a file that has arrived to a picture: what is it, has it been here before, and the lowest rung with all its sound.</summary>
internal sealed class IngestBase(
    IngestRows rows, IngestSource sources, IngestAssets assets, IngestTitles titles, RowlessFiles rowless, IngestEncode encode, IngestExtras extras,
    IngestSignal signal)
{
    public async Task Run(RunningIngest running)
    {
        var (id, ct) = (running.Id, running.Stopping);
        var ingest = await rows.Read(id, ct);
        if (!(await sources.Probe(ingest, ct)).TryGet(out var source, out var refused))
        {
            await Refuse(id, refused);
            return;
        }

        var asset = ingest.State == IngestState.Verifying ? await Verify(ingest, source, ct) : await assets.Read(ingest.AssetId!.Value, ct);
        if (asset is null) return;

        await rowless.Delete(ingest, asset, ct);
        ingest = await rows.Read(id, ct);
        if (ingest.State == IngestState.Probed) await rows.Change(id, (i, now) => i.Advance(IngestState.EncodingBase, now));

        // Together with the encode: both read the same part of the file, and a poster is there before the first segment.
        var beside = extras.PosterAndSubtitles(ingest, asset, source, ct);
        bool encoded;
        try
        {
            encoded = await encode.Base(running, asset, source, ct);
        }
        finally
        {
            await beside;
        }

        if (!encoded) return;
        await titles.BecamePlayable(id, asset.Id);
        await rows.Change(id, (i, now) => i.Advance(IngestState.Playable, now));
    }

    private async Task<Asset?> Verify(Ingest ingest, ProbedSource source, CancellationToken ct)
    {
        var sha256 = ingest.Sha256;
        if (sha256 is null)
        {
            sha256 = await sources.Hash(ingest.Id, ct);
            await rows.Change(ingest.Id, (i, now) => i.Hashed(sha256, now));
        }

        var (asset, part) = await assets.Take(ingest, sha256, source.Video.Duration.TotalSeconds, ct);
        switch (part)
        {
            case IngestAssets.Part.Encode:
                var ladder = Ladder.For(source.Video).Select(r => r.Name).ToArray();
                await rows.Change(ingest.Id, (i, now) => i.Probe(asset.Id, ladder, now), db => titles.Link(db, db.Ingests.Local.Single(), asset.Id));
                return asset;
            case IngestAssets.Part.Wait:
                await rows.Change(ingest.Id, (i, now) => i.WaitFor(asset.Id, now), db => titles.Show(db, ingest.Id, asset.Id));
                await extras.Poster(ingest, source, ct);
                return null;
            default:
                await rows.Change(ingest.Id, (_, _) => { }, db => titles.Show(db, ingest.Id, asset.Id));
                // While the source is there: once it is done, a new host deletes it.
                await extras.Poster(ingest, source, ct);
                await rows.Change(ingest.Id, (i, now) => i.AlreadyDone(asset.Id, now));
                sources.Delete(ingest.Id);
                return null;
        }
    }

    private async Task Refuse(Guid id, Error error)
    {
        var code = IngestEncode.Code(error);
        if (error.Kind != ErrorKind.Invalid)
        {
            await rows.Change(id, (i, now) => i.Fail(code, error.Message, retryable: true, now));
            return;
        }

        await rows.Change(id, (i, now) =>
        {
            if (i.State == IngestState.Verifying) i.Reject(code, error.Message, now);
            else i.Fail(code, error.Message, retryable: true, now);
        });
        if ((await rows.Read(id, CancellationToken.None)).State == IngestState.Rejected) sources.Delete(id);
        signal.Changed();
    }
}

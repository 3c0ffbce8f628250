using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Streaming.Kernel;

namespace Streaming.Catalog.Ingests;

/// <summary>
/// A file on its way from an upload to a ladder of renditions. It decides which step may follow which; what has been encoded is
/// told by the rows of renditions and segments, never by the state.
/// </summary>
internal sealed class Ingest
{
    public const string DiskLow = "disk-low";
    public const string TruncatedSource = "truncated-source";

    private Ingest()
    {
    }

    public Guid Id { get; private init; }

    /// <summary>The title that it becomes playable as; a new one gets this id once the file has turned out to be a film.</summary>
    public Guid TitleId { get; private init; }

    /// <summary>For a new title.</summary>
    public string TitleName { get; private init; } = "";

    public string FileName { get; private init; } = "";

    public long SizeBytes { get; private init; }

    public bool Publish { get; private init; }

    public Guid? CreatedBy { get; private init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset ChangedAt { get; private set; }

    public IngestState State { get; private set; }

    /// <summary>The state in which it was paused, failed or cancelled, and goes on from.</summary>
    public IngestState? StoppedIn { get; private set; }

    public string? FailureCode { get; private set; }

    public string? FailureMessage { get; private set; }

    public bool FailureRetryable { get; private set; }

    /// <summary>What could be decoded of a truncated source, in seconds.</summary>
    public double? DecodableSeconds { get; private set; }

    /// <summary>Whether what there is of a truncated source is good enough.</summary>
    public bool AcceptsTruncation { get; private set; }

    public string? Sha256 { get; private set; }

    public Guid? AssetId { get; private set; }

    /// <summary>Another ingest encodes the same file at the moment.</summary>
    public bool Waiting { get; private set; }

    /// <summary>Names of the ladder's rungs, lowest first, without those that were dropped; comma separated.</summary>
    public string Rungs { get; private set; } = "";

    public string Dropped { get; private set; } = "";

    /// <summary>0 to 1, as of the last committed segment.</summary>
    public double Progress { get; private set; }

    public bool Published { get; private set; }

    /// <summary>The host that works on it, see <see cref="IngestOwner"/>; null for nobody.</summary>
    public string? Owner { get; private set; }

    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>The encoder, to be ended should its host not live to do it.</summary>
    public int? ProcessId { get; private set; }

    public DateTimeOffset? ProcessStartedAt { get; private set; }

    public int Version { get; private set; }

    public IReadOnlyList<string> RungNames => Rungs.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> DroppedNames => Dropped.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Of release, for a new title, where the file's name tells it.</summary>
    public int? YearInName => Tidy(FileName, CreatedAt).Year;

    /// <summary>What a person may do now.</summary>
    public IReadOnlyList<string> Actions => [.. Possible()];

    public static Ingest Begin(Guid id, NewIngest file, long size, Guid? by, DateTimeOffset at) => new()
    {
        Id = id,
        TitleId = file.TitleId ?? Guid.CreateVersion7(at),
        TitleName = file.Title ?? Tidy(file.FileName, at).Title,
        FileName = file.FileName,
        SizeBytes = size,
        Publish = file.Publish,
        CreatedBy = by,
        CreatedAt = at,
        ChangedAt = at,
        State = IngestState.Receiving,
    };

    /// <summary>The last byte is on the disk.</summary>
    /// <param name="sha256">Null where the file has to be read again for it.</param>
    /// <param name="at">Now.</param>
    public void Received(string? sha256, DateTimeOffset at)
    {
        Go(IngestState.Verifying, at);
        Sha256 = sha256;
    }

    public void Hashed(string sha256, DateTimeOffset at) => Touch(at, () => Sha256 = sha256);

    /// <summary>It is a film, and this is the ladder that it gets.</summary>
    public void Probe(Guid asset, IEnumerable<string> rungs, DateTimeOffset at)
    {
        Go(IngestState.Probed, at);
        (AssetId, Waiting) = (asset, false);
        Rungs = string.Join(',', rungs.Except(DroppedNames));
    }

    /// <summary>Another ingest is encoding the same file: there is nothing to do until it ends.</summary>
    public void WaitFor(Guid asset, DateTimeOffset at) => Touch(at, () => (AssetId, Waiting) = (asset, true));

    public void StopWaiting(DateTimeOffset at) => Touch(at, () => Waiting = false);

    /// <summary>The same file has been encoded before.</summary>
    public void AlreadyDone(Guid asset, DateTimeOffset at)
    {
        Go(IngestState.Ready, at);
        (AssetId, Waiting, Progress) = (asset, false, 1);
    }

    public void Advance(IngestState to, DateTimeOffset at)
    {
        Go(to, at);
        if (to == IngestState.Ready) Progress = 1;
    }

    public void MarkPublished(DateTimeOffset at) => Touch(at, () => Published = true);

    public void MarkWithdrawn(DateTimeOffset at) => Touch(at, () => Published = false);

    public void Pause(string code, string message, DateTimeOffset at) => Stop(IngestState.Paused, code, message, retryable: true, at);

    public void Fail(string code, string message, bool retryable, DateTimeOffset at, double? decodableSeconds = null)
    {
        Stop(IngestState.Failed, code, message, retryable, at);
        DecodableSeconds = decodableSeconds ?? DecodableSeconds;
    }

    public void Reject(string code, string message, DateTimeOffset at) => Stop(IngestState.Rejected, code, message, retryable: false, at);

    public Result<Done> Cancel(DateTimeOffset at) => Act("cancel", () => Stop(IngestState.Cancelled, null, null, retryable: true, at));

    /// <param name="at">Now.</param>
    /// <param name="fromVerifying">Its encode belongs to another ingest by now, so it has to ask again what is left for it.</param>
    public Result<Done> Retry(DateTimeOffset at, bool fromVerifying) => Act("retry", () =>
    {
        if (fromVerifying) StoppedIn = IngestState.Verifying;
        Resume(at);
    });

    /// <summary>There is room again.</summary>
    public void Resume(DateTimeOffset at)
    {
        var to = StoppedIn ?? throw new InvalidOperationException($"An ingest that is {State.Name()} has nowhere to go on from.");
        Go(to, at, resumes: true);
        (FailureCode, FailureMessage, FailureRetryable, StoppedIn) = (null, null, false, null);
    }

    /// <summary>Takes what there is of a truncated source as the whole; it is encoded anew to that length.</summary>
    public Result<Done> PublishAnyway(DateTimeOffset at) => Act("publish-anyway", () =>
    {
        AcceptsTruncation = true;
        StoppedIn = IngestState.Verifying;
        Resume(at);
    });

    /// <summary>Leaves a rung out of the ladder; never the lowest.</summary>
    public Result<Done> DropRung(string? rung, DateTimeOffset at)
    {
        var name = rung ?? RungNames.LastOrDefault("");
        if (!Actions.Contains("drop-rung") || !RungNames.Skip(1).Contains(name))
            return Error.Conflict("catalog:no-such-rung", "There is no such rung to drop now. Rungs above the lowest can be, until they are finished.");
        Touch(at, () =>
        {
            Rungs = string.Join(',', RungNames.Where(r => r != name));
            Dropped = string.Join(',', DroppedNames.Append(name));
            ReleaseOwner();
        });
        return Done.Instance;
    }

    public void Delete(DateTimeOffset at)
    {
        if (State == IngestState.Deleting) return;
        Go(IngestState.Deleting, at);
        ReleaseOwner();
    }

    private void Stop(IngestState to, string? code, string? message, bool retryable, DateTimeOffset at)
    {
        var from = State == IngestState.Paused ? StoppedIn : State;
        Go(to, at);
        StoppedIn = from;
        (FailureCode, FailureMessage, FailureRetryable) = (code, message, retryable);
        ReleaseOwner();
    }

    private Result<Done> Act(string action, Action change)
    {
        if (!Actions.Contains(action))
            return Error.Conflict("catalog:ingest-state", $"An ingest that is {State.Name()} does not allow {action}. {(Actions.Count == 0 ? "Nothing can be done with it but deleting." : $"It allows {string.Join(", ", Actions)}.")}");
        change();
        return Done.Instance;
    }

    private IEnumerable<string> Possible()
    {
        var stopped = State is IngestState.Failed or IngestState.Cancelled or IngestState.Paused;
        if (stopped && (FailureRetryable || State != IngestState.Failed)) yield return "retry";
        if (State == IngestState.Failed && FailureCode == TruncatedSource && DecodableSeconds > 0) yield return "publish-anyway";
        if (State == IngestState.Paused || IngestStates.Work.Contains(State)) yield return "cancel";
        if ((State is IngestState.Probed or IngestState.EncodingBase or IngestState.Playable or IngestState.EncodingFull || stopped) && RungNames.Count > 1)
            yield return "drop-rung";
    }

    private void Go(IngestState to, DateTimeOffset at, bool resumes = false)
    {
        // Out of a stop there is one way back to work, which forgets why it stopped.
        if (!State.MayBecome(to) || (StoppedIn is not null && IngestStates.Work.Contains(to) && !resumes))
            throw new InvalidOperationException($"An ingest that is {State.Name()} cannot become {to.Name()}.");
        Touch(at, () => State = to);
    }

    private void Touch(DateTimeOffset at, Action change)
    {
        change();
        ChangedAt = at;
        Version++;
    }

    private static TidyName Tidy(string fileName, DateTimeOffset at) => TidyName.Of(fileName, at.Year + 1);

    private void ReleaseOwner() => (Owner, LeaseUntil, ProcessId, ProcessStartedAt) = (null, null, null, null);
}

internal sealed class IngestConfiguration : IEntityTypeConfiguration<Ingest>
{
    public void Configure(EntityTypeBuilder<Ingest> builder)
    {
        builder.ToTable("ingest");
        builder.HasKey(i => i.Id);
        builder.Property(i => i.Id).ValueGeneratedNever();
        builder.Property(i => i.State).HasMaxLength(20).HasConversion(state => state.Name(), name => IngestStates.Parse(name));
        builder.Property(i => i.StoppedIn).HasMaxLength(20).HasConversion(
            state => state == null ? null : state.Value.Name(), name => name == null ? null : IngestStates.Parse(name));
        builder.Property(i => i.FailureCode).HasMaxLength(40);
        builder.Property(i => i.Sha256).HasMaxLength(64);
        builder.Property(i => i.Owner).HasMaxLength(200);
        builder.Property(i => i.Version).IsConcurrencyToken();
        builder.Ignore(i => i.RungNames);
        builder.Ignore(i => i.DroppedNames);
        builder.Ignore(i => i.Actions);
        builder.Ignore(i => i.YearInName);
        builder.HasIndex(i => i.State);
        builder.HasIndex(i => i.AssetId);
    }
}

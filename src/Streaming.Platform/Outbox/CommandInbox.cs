using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Outbox;

/// <summary>Carries an order out once: its claim, its effects and its answer are one transaction.</summary>
internal sealed class CommandInbox<T>(ModuleDbContext context, Caller caller)
{
    /// <summary>Whether an order of this id has been carried out already; its answer is there for whoever gave it.</summary>
    public Task<bool> Knows(Guid id, string name, CancellationToken ct) => context.InboxEntries.AnyAsync(e => e.MessageId == id && e.Handler == name, ct);

    public async Task<Result<T>> Once(Guid id, string name, object body, Func<Task<Result<T>>> handle, CancellationToken ct)
    {
        if (id == Guid.Empty) return Error.Invalid("commandId", "An order needs an id: a UUIDv7.");

        // SQLite waits for its lock on the thread: from here on that is not the caller's, whom its deadline can then release.
        await Task.Yield();
        var hash = Hash(body);
        var clock = context.GetService<TimeProvider>();
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        var claim = new InboxEntry { MessageId = id, Handler = name, At = clock.GetUtcNow(), BodyHash = hash };
        if (!await context.TryClaim(claim, ct)) return await Replay(id, name, hash, ct);

        var result = await handle();
        // What failed had no effect and leaves no trace, so that the order can be mended and given again.
        if (!result.TryGet(out var value, out _)) return result;

        var answer = JsonSerializer.Serialize(value, ContractJson.Options);
        await context.SaveChangesAsync(ct);
        await context.InboxEntries.Where(e => e.MessageId == id && e.Handler == name)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.Answer, answer), ct);
        await transaction.CommitAsync(ct);
        return result;
    }

    // The account is part of it: nobody gets another's answer by naming its id.
    private string Hash(object body) => Convert.ToHexString(SHA256.HashData(
        [.. JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), ContractJson.Options), .. caller.Subject.GetValueOrDefault().ToByteArray()]));

    private async Task<Result<T>> Replay(Guid id, string name, string hash, CancellationToken ct)
    {
        var entry = await context.InboxEntries.AsNoTracking().SingleAsync(e => e.MessageId == id && e.Handler == name, ct);
        if (entry.BodyHash != hash)
            return Error.Conflict("command-id-reused", "This id was used for another order. Make a new id for a new order.");
        return JsonSerializer.Deserialize<T>(entry.Answer!, ContractJson.Options)!;
    }
}

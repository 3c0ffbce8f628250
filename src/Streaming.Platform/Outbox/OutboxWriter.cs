using System.Text.Json;
using Streaming.Kernel;
using Streaming.Platform.Data;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Outbox;

/// <summary>Puts events into the transaction at hand.</summary>
public readonly struct OutboxWriter
{
    private readonly ModuleDbContext _context;

    internal OutboxWriter(ModuleDbContext context) => _context = context;

    /// <summary>The event leaves when, and only if, the context's changes are committed.</summary>
    /// <param name="happened">The fact.</param>
    /// <param name="at">When it happened.</param>
    public void Add(IModuleEvent happened, DateTimeOffset at) => _context.OutboxMessages.Add(new OutboxMessage
    {
        Id = Guid.CreateVersion7(at),
        Type = EventCatalog.NameOf(happened.GetType()),
        Body = JsonSerializer.Serialize(happened, happened.GetType(), ContractJson.Options),
        At = at,
    });
}

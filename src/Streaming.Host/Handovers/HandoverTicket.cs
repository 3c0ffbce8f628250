using Streaming.Platform.Data;

namespace Streaming.Host.Handovers;

/// <summary>
/// Which program is to take a host's place is said by a file in its data folder, good for once. So whoever says it could have changed the
/// folder anyway; an operator's session alone runs no programs.
/// </summary>
internal static class HandoverTicket
{
    private const string Folder = "handover";

    /// <returns>What the host is told.</returns>
    public static async Task<Guid> Leave(string dataFolder, string binary, CancellationToken ct)
    {
        var ticket = Guid.NewGuid();
        await File.WriteAllTextAsync(Path.Combine(PrivateFolder.Create(Path.Combine(dataFolder, Folder)).FullName, $"{ticket:N}"), binary, ct);
        return ticket;
    }

    /// <summary>The program; null where there is no such ticket.</summary>
    public static string? Redeem(DataOptions data, Guid ticket)
    {
        var file = data.PathOf(Folder, $"{ticket:N}");
        if (!File.Exists(file)) return null;
        var binary = File.ReadAllText(file);
        File.Delete(file);
        return binary;
    }
}

using Microsoft.AspNetCore.Http;
using Streaming.Users.Accounts;

namespace Streaming.Users.Sessions;

/// <summary>What signs in: by its own account, and by where it comes from.</summary>
internal sealed record SignInDevice(string Name, string Address)
{
    public static readonly SignInDevice Unknown = new("", "");

    public static SignInDevice Of(HttpContext http) => new(
        Short(http.Request.Headers.UserAgent.ToString(), SessionEntry.LongestDevice),
        Short(http.Connection.RemoteIpAddress?.ToString() ?? "", SessionEntry.LongestAddress));

    public SessionEntry Begin(Guid account, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        AccountId = account,
        StartedAt = now,
        SeenAt = now,
        Device = Name,
        Address = Address,
    };

    private static string Short(string text, int most)
    {
        var printable = string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return printable.Length <= most ? printable : printable[..most];
    }
}

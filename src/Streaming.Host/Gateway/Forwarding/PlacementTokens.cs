using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>Where an operator wants requests of a module to be served for a while.</summary>
/// <param name="Module">The module.</param>
/// <param name="IsElsewhere">By an instance; else here.</param>
/// <param name="Until">When it ends.</param>
internal sealed record Placement(string Module, bool IsElsewhere, DateTimeOffset Until);

/// <summary>Placements as text that only our hosts can make: sealed with the keys that seal cookies, which all hosts share and change by themselves.</summary>
internal sealed class PlacementTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Header = "Streaming-Placement";

    private const int Longest = 1024;

    private readonly IDataProtector _protector = protection.CreateProtector("streaming.placement");

    public string Seal(Placement placement) => _protector.Protect(string.Create(
        CultureInfo.InvariantCulture, $"{placement.Module}|{(placement.IsElsewhere ? "there" : "here")}|{placement.Until.ToUnixTimeSeconds()}"));

    /// <summary>Null where it is none of ours, or its time is over.</summary>
    public Placement? Open(string token)
    {
        if (token.Length is 0 or > Longest) return null;
        try
        {
            var parts = _protector.Unprotect(token).Split('|');
            var until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture));
            return clock.GetUtcNow() < until ? new Placement(parts[0], parts[1] == "there", until) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

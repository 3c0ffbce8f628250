using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Streaming.Kernel;
using Streaming.Platform.Consistency;
using Streaming.Platform.Dial;

namespace Streaming.Platform.Wire;

/// <summary>
/// What a callee elsewhere knows of its caller: sealed with the keys that all processes of an installation share, for one module alone, and
/// for a minute. Nobody else can make one, so whoever reaches the wire's port without those keys reaches nothing.
/// </summary>
internal sealed class WireContext(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "streaming-internal-context";

    private const int Longest = 16 * 1024;
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(1);

    private readonly IDataProtector _protector = protection.CreateProtector("streaming.wire");

    public string Seal(string module, CallContext context)
    {
        var sealing = new Sealed(module, (clock.GetUtcNow() + _life).ToUnixTimeMilliseconds(), context.Caller, context.Sticky?.ToString("x"), context.Session?.Position);
        return Convert.ToBase64String(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(sealing, ContractJson.Options)));
    }

    /// <summary>Takes over on whose behalf; false where it is none of ours, was meant for another module, or its time is over.</summary>
    public bool TryOpen(string module, string text, CallContext into)
    {
        if (text.Length is 0 or > Longest) return false;
        try
        {
            var opened = JsonSerializer.Deserialize<Sealed>(_protector.Unprotect(Convert.FromBase64String(text)), ContractJson.Options)!;
            if (opened.Module != module || clock.GetUtcNow().ToUnixTimeMilliseconds() > opened.Until) return false;
            into.Caller = opened.Caller;
            into.Sticky = opened.Sticky is { } sticky ? UInt128.Parse(sticky, System.Globalization.NumberStyles.HexNumber, null) : null;
            into.Session = opened.Position is { } position ? new DataSession(position) : null;
            return true;
        }
        catch (Exception wrong) when (wrong is CryptographicException or FormatException or JsonException)
        {
            return false;
        }
    }

    private sealed record Sealed(string Module, long Until, Caller Caller, string? Sticky, ulong? Position);
}

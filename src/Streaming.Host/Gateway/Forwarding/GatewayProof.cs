using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Streaming.Host.Gateway.Forwarding;

/// <summary>
/// By this hosts of one installation know each other: an instance, that a gateway of its own has sent a request and has counted it
/// already, and a gateway, that an instance takes its cookies. That a trusted proxy passes a header on proves nothing: a client may have
/// written it. It is sealed with the keys that all hosts share, holds for a few minutes and is made anew each minute, so that sealing
/// and opening cost a request nothing.
/// </summary>
internal sealed class GatewayProof(IDataProtectionProvider protection, HostIdentity host, TimeProvider clock)
{
    public const string Header = RequestIdentity.Internal + "Proof";

    private const int Longest = 1024;
    private const int Most = 256;
    private static readonly TimeSpan _renewal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(5);

    private readonly IDataProtector _protector = protection.CreateProtector("streaming.gateway-proof");
    private readonly ConcurrentDictionary<string, Read> _known = new(StringComparer.Ordinal);
    private volatile Made? _made;

    /// <summary>One of this host's.</summary>
    public string Current
    {
        get
        {
            var now = clock.GetUtcNow();
            if (_made is { } made && now < made.Until) return made.Text;
            var text = _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{host.Id}|{(now + _life).ToUnixTimeSeconds()}"));
            _made = new Made(text, now + _renewal);
            return text;
        }
    }

    /// <summary>The id of the host of ours that has made it, not long ago; null where none has.</summary>
    public string? Maker(string text)
    {
        if (text.Length is 0 or > Longest) return null;
        if (!_known.TryGetValue(text, out var read))
        {
            try
            {
                var parts = _protector.Unprotect(text).Split('|');
                read = new Read(parts[0], DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[1], CultureInfo.InvariantCulture)));
            }
            catch (CryptographicException)
            {
                return null;
            }

            if (_known.Count >= Most) _known.Clear();
            _known[text] = read;
        }

        return clock.GetUtcNow() < read.Until ? read.Host : null;
    }

    private sealed record Made(string Text, DateTimeOffset Until);

    private sealed record Read(string Host, DateTimeOffset Until);
}

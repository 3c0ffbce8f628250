using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Playback.Access;

/// <summary>
/// The second part of a media address: <c>{expiry}.{profile}.{key id}{hmac}</c>. It opens one revision of one asset until the
/// expiry. This is access control, not protection of what has been fetched.
/// </summary>
internal readonly record struct MediaToken(DateTimeOffset ExpiresAt, Guid ProfileId, string KeyId, string Signature)
{
    private const int SignatureLength = 43;

    /// <param name="asset">The prefix that it opens, <c>{asset}/{revision}</c>.</param>
    /// <param name="profile">Whom it was made for.</param>
    /// <param name="expiresAt">To the second; fractions are dropped.</param>
    /// <param name="key">What signs it.</param>
    public static MediaToken Sign(string asset, Guid profile, DateTimeOffset expiresAt, SigningKey key) =>
        new(expiresAt, profile, key.Id, Base64Url.EncodeToString(Hmac(asset, profile, expiresAt.ToUnixTimeSeconds(), key)));

    public static bool TryParse(string text, out MediaToken token)
    {
        token = default;
        var parts = text.Split('.');
        if (parts is not [{ Length: <= 12 } expiry, { Length: 32 } profile, { Length: SigningKey.IdLength + SignatureLength } proof]) return false;
        if (!long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 250_000_000_000) return false;
        if (!Guid.TryParseExact(profile, "N", out var id)) return false;
        token = new MediaToken(DateTimeOffset.FromUnixTimeSeconds(seconds), id, proof[..SigningKey.IdLength], proof[SigningKey.IdLength..]);
        return token.ToString() == text; // one spelling only: hexadecimal digits have two cases, numbers leading zeros
    }

    public bool IsSignedBy(SigningKey key, string asset) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Signature),
        Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Hmac(asset, ProfileId, ExpiresAt.ToUnixTimeSeconds(), key))));

    public override string ToString() => $"{ExpiresAt.ToUnixTimeSeconds()}.{ProfileId:N}.{KeyId}{Signature}";

    private static byte[] Hmac(string asset, Guid profile, long expiry, SigningKey key) =>
        HMACSHA256.HashData(key.Secret, Encoding.ASCII.GetBytes($"{expiry}.{profile:N}/{asset}"));
}

using System.Security.Cryptography;
using System.Text;
using Streaming.Platform.Data;
using Streaming.Users.Data;

namespace Streaming.Users.Accounts;

/// <summary>The secret that makes the first account the operator's. It exists only while there is no account.</summary>
internal sealed class SetupCode(DataOptions data)
{
    // Crockford's base 32: no letter that is taken for a digit.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private byte[]? _hash;

    public string Path { get; } = data.PathOf("setup-code.txt");

    /// <summary>Makes a new one of 100 random bits, which replaces any before it.</summary>
    public async Task<string> Renew(CancellationToken ct)
    {
        var code = string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 5)));
        await SecretFile.Write(Path, code, ct);
        _hash = Hash(code);
        return code;
    }

    public bool Matches(string? code) => _hash is { } hash && code is not null && CryptographicOperations.FixedTimeEquals(hash, Hash(code));

    public void Destroy()
    {
        _hash = null;
        File.Delete(Path);
    }

    // Of equal length whatever was typed, so that the comparison takes the same time; people may leave out the dashes.
    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant()));
}

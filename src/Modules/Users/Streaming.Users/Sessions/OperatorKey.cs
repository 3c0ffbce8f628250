using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Hosting;
using Streaming.Platform.Data;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Data;

namespace Streaming.Users.Sessions;

/// <summary>
/// Lets whoever may read the data folder, such as the command line on the same machine, act as an operator. A new key at every start of a
/// host; an instance takes that of the host on its folder, and so does a host that another hands over to, since both are asked for a while.
/// </summary>
internal sealed class OperatorKey(DataOptions data, DatabaseSharing sharing) : IHostedService
{
    private const string Prefix = "opk_";

    /// <summary>Stands for the key where a caller has to be somebody; no account has this id, since those are of a later time.</summary>
    private static readonly Guid _subject = new("00000000-0000-7000-8000-000000000001");

    private byte[]? _hash;

    /// <summary>An operator without an account, whom no age limit binds.</summary>
    public static ClaimsPrincipal Caller { get; } = new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, _subject.ToString()),
            new Claim(ClaimTypes.Name, "operator key"),
            .. Account.RolesOf(isPublisher: true, isOperator: true).Select(role => new Claim(ClaimTypes.Role, role)),
            new Claim(HttpRegistration.AttributeClaimPrefix + ViewerCaller.MaturityAttribute, $"{ViewerCaller.AnyMaturity}"),
        ],
        nameof(OperatorKey), ClaimTypes.Name, ClaimTypes.Role));

    public string Path { get; } = data.PathOf("keys", "operator.key");

    public static bool IsOne(ReadOnlySpan<char> token) => token.StartsWith(Prefix, StringComparison.Ordinal);

    public bool Matches(string key) => (_hash ?? Hosts()) is { } hash && CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (sharing.IsHandedOver && Hosts() is { } theirs)
        {
            _hash = theirs;
            return;
        }

        var key = Prefix + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        await SecretFile.Write(Path, key, cancellationToken);
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }

    private byte[]? Hosts() => File.Exists(Path) ? SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(Path).Trim())) : null;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

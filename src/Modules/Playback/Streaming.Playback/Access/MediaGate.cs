using Streaming.Kernel;
using Streaming.Users;

namespace Streaming.Playback.Access;

/// <summary>What a media address is good for at this moment.</summary>
internal enum Admission
{
    Admitted,
    Forged,
    OtherProfile,
    Expired,
}

/// <summary>Decides who gets in below <c>/m</c>.</summary>
internal sealed class MediaGate(SigningKeys keys, TimeProvider clock)
{
    /// <param name="token">As it stands in the address.</param>
    /// <param name="asset"><c>{asset}/{revision}</c>.</param>
    /// <param name="caller">Players other than ours are anonymous; somebody signed in must not use another profile's address.</param>
    /// <param name="cancellationToken">Of the request.</param>
    public async ValueTask<Admission> Admit(string token, string asset, Caller caller, CancellationToken cancellationToken)
    {
        if (!MediaToken.TryParse(token, out var parsed)
            || await keys.Find(parsed.KeyId, cancellationToken) is not { } key
            || !parsed.IsSignedBy(key, asset))
            return Admission.Forged;
        if (caller.ProfileId is { } profile && profile != parsed.ProfileId) return Admission.OtherProfile;
        return parsed.ExpiresAt > clock.GetUtcNow() ? Admission.Admitted : Admission.Expired;
    }
}

namespace Streaming.Platform.Http;

/// <summary>
/// Marks a request that whoever signs people in may let go on for somebody who was known a moment ago, while the store that knows better
/// cannot be asked. Set on <c>HttpContext.Features</c> before authentication by whoever sorts requests.
/// </summary>
public sealed class KnownFromBefore
{
    /// <summary>The mark.</summary>
    public static readonly KnownFromBefore Allowed = new();

    private KnownFromBefore()
    {
    }
}

using System.Globalization;
using Streaming.Kernel;
using Streaming.Users;

namespace Streaming.Recommendations.Home;

/// <summary>
/// Those who are shown the same home page: everybody of a maturity limit, and those who see all titles. By that the catalogue decides
/// what it shows; so there are 20.
/// </summary>
/// <param name="Limit">The age limit in years; null for those who see all.</param>
internal sealed record HomeAudience(int? Limit)
{
    public string Name => Limit is { } age ? age.ToString(CultureInfo.InvariantCulture) : "all";

    /// <summary>Nobody but the audience: whoever asked first may be gone before there is an answer.</summary>
    public Caller Caller => Limit is { } age
        ? new Caller(null, [], new Dictionary<string, string> { [ViewerCaller.MaturityAttribute] = $"{age}" })
        : new Caller(null, [Roles.Publisher], new Dictionary<string, string>());

    public static HomeAudience Of(Caller caller) =>
        new(caller.SeesAllTitles ? null : Math.Clamp(caller.MaturityLimit, ViewerCaller.StrictestMaturity, ViewerCaller.AnyMaturity));
}

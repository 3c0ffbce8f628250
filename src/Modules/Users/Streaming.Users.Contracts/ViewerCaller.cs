using System.Globalization;
using Streaming.Kernel;

namespace Streaming.Users;

/// <summary>What the users module tells about a caller, as attributes that travel with the call.</summary>
public static class ViewerCaller
{
    /// <summary>Attribute and claim: id of the chosen profile.</summary>
    public const string ProfileAttribute = "profile";

    /// <summary>Attribute and claim: the age up to which titles are shown to the chosen profile, 0 to 18.</summary>
    public const string MaturityAttribute = "maturity";

    /// <summary>The age limit of somebody with no profile chosen: only what is fit for everybody.</summary>
    public const int StrictestMaturity = 0;

    /// <summary>No limit.</summary>
    public const int AnyMaturity = 18;

    extension(Caller caller)
    {
        /// <summary>The chosen profile, or null.</summary>
        public Guid? ProfileId =>
            caller.Attributes.TryGetValue(ProfileAttribute, out var text) && Guid.TryParse(text, out var id) ? id : null;

        /// <summary>Age limit in years, 0 to 18. The system has none; whoever has chosen no profile gets the strictest.</summary>
        public int MaturityLimit =>
            caller.IsIn(Caller.SystemRole) ? AnyMaturity
            : caller.Attributes.TryGetValue(MaturityAttribute, out var text)
              && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
            : StrictestMaturity;

        /// <summary>Whether the caller may see and change what is not published yet.</summary>
        public bool MayPublish => caller.IsIn(Roles.Publisher) || caller.IsIn(Roles.Operator);

        /// <summary>
        /// Whether no title is hidden from the caller, not even a draft. A limited profile sees what its age may see, also in an account
        /// that publishes: families share the operator's.
        /// </summary>
        public bool SeesAllTitles => caller.MayPublish
            && (!caller.Attributes.ContainsKey(MaturityAttribute) || caller.MaturityLimit >= AnyMaturity);
    }
}

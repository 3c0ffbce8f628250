using FluentValidation;
using Streaming.Users.Accounts;

namespace Streaming.Users.Profiles;

internal static class ProfileRules
{
    public static IRuleBuilderOptions<TCommand, string?> MustBeProfileName<TCommand>(this IRuleBuilder<TCommand, string?> rule) => rule
        .Must(Profile.IsName).WithMessage($"Give a name of 1 to {Profile.LongestName} characters, on one line.");

    public static IRuleBuilderOptions<TCommand, int?> MustBeMaturityLimit<TCommand>(this IRuleBuilder<TCommand, int?> rule) => rule
        .Must(limit => limit is { } age && Profile.MaturityLimits.Contains(age))
        .WithMessage($"The limit is an age out of {string.Join(", ", Profile.MaturityLimits)}.");

    public static IRuleBuilderOptions<TCommand, int?> MustBeColour<TCommand>(this IRuleBuilder<TCommand, int?> rule) => rule
        .Must(colour => colour is null or (>= 0 and < Profile.Colours)).WithMessage($"A colour is 0 to {Profile.Colours - 1}.");
}

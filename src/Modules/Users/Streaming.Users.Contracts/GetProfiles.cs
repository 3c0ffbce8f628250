using Streaming.Kernel;

namespace Streaming.Users;

/// <summary>The profiles of the caller's account, oldest first.</summary>
[Contract("users.profiles", version: 1, DeadlineMs = 500, SlowMs = 40), Requires]
public sealed record GetProfiles : IQuery<ProfileList>;

/// <summary>Who the caller is, as the pages show it.</summary>
[Contract("users.account", version: 1, DeadlineMs = 500, SlowMs = 40), Requires]
public sealed record GetAccount : IQuery<AccountView>;

/// <summary>Whether this installation has any account yet.</summary>
[Contract("users.set-up-state", version: 1, DeadlineMs = 500, SlowMs = 40)]
public sealed record GetSetupState : IQuery<SetupState>;

/// <summary>Profiles of an account.</summary>
public sealed record ProfileList(IReadOnlyList<ProfileView> Items);

/// <summary>A profile: somebody in the household.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Name">1 to 40 characters.</param>
/// <param name="MaturityLimit">Age in years up to which titles are shown: 0, 7, 13, 16 or 18.</param>
/// <param name="Colour">Index of the avatar's colour, 0 to 7.</param>
public sealed record ProfileView(Guid Id, string Name, int MaturityLimit, int Colour);

/// <summary>An account.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Email">As registered.</param>
/// <param name="Roles">See <see cref="Users.Roles"/>.</param>
public sealed record AccountView(Guid Id, string Email, IReadOnlyList<string> Roles);

/// <summary>The first account has to be made with the code printed at start.</summary>
/// <param name="HasAccounts">False on a fresh installation.</param>
/// <param name="RegistrationOpen">Whether strangers may make themselves an account once there is a first one.</param>
public sealed record SetupState(bool HasAccounts, bool RegistrationOpen = true);

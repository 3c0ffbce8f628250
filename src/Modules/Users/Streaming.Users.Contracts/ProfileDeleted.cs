using Streaming.Kernel;

namespace Streaming.Users;

/// <summary>A profile is gone, and with it whatever others keep for it.</summary>
/// <param name="ProfileId">UUIDv7 of the profile.</param>
public sealed record ProfileDeleted(Guid ProfileId) : IModuleEvent;

namespace Streaming.Platform.Dial.Instances;

/// <summary>Where another process of the same binary is reached.</summary>
/// <param name="Name">What people and metrics call it; one name is one process.</param>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="Region">Where it stands: its own region's callers come first.</param>
/// <param name="Wire">Where it takes calls to contracts; null where it only takes requests.</param>
public sealed record InstanceAddress(string Name, Uri Address, string Region, Uri? Wire = null);

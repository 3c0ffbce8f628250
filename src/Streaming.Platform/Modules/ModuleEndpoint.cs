namespace Streaming.Platform.Modules;

/// <summary>On every endpoint that a module maps.</summary>
/// <param name="Module">The module's name.</param>
public sealed record ModuleEndpoint(string Module);

namespace Streaming.Catalog.Ingests;

/// <summary>What somebody says of a file that is to be taken in.</summary>
/// <param name="FileName">Without folders.</param>
/// <param name="Title">For a new title; null to make one of the file name.</param>
/// <param name="TitleId">An existing title, or the id promised to a new one; null for a new id.</param>
/// <param name="Publish">Whether viewers see it as soon as it can be played.</param>
internal sealed record NewIngest(string FileName, string? Title, Guid? TitleId, bool Publish);

namespace Streaming.Migrations;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("streaming-migrations-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

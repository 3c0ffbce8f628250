using Streaming.ArchitectureTests.Fixtures.Cyclic.Right;

namespace Streaming.ArchitectureTests.Fixtures.Cyclic.Left;

internal sealed class Caller
{
    public static string Name => nameof(Left);

    public Callee Ask() => new();
}

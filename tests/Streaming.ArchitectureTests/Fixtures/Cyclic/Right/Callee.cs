namespace Streaming.ArchitectureTests.Fixtures.Cyclic.Right;

internal sealed class Callee
{
    // The way back is taken only in the body of an asynchronous lambda, where a look at signatures would miss it.
    public Func<Task<string>> Answer() => async () =>
    {
        await Task.Yield();
        return Left.Caller.Name;
    };
}

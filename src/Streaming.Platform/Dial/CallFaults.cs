namespace Streaming.Platform.Dial;

/// <summary>
/// What is done on purpose to the attempts at contracts: the innermost place of a call, inside its policy, its circuit and its time.
/// Nothing is there until an experiment or a test puts something there.
/// </summary>
internal sealed class CallFaults
{
    private ICallFault? _current;

    public ICallFault? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}

/// <summary>What an attempt meets. What is thrown is what the caller gets in place of an answer.</summary>
internal interface ICallFault
{
    /// <summary>Before the module's handler has heard of it.</summary>
    ValueTask Before(string contract, CancellationToken cancellationToken);

    /// <summary>After it has been carried out, and before the answer is there.</summary>
    ValueTask After(string contract, CancellationToken cancellationToken);
}

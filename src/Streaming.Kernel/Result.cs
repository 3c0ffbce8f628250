using System.Diagnostics.CodeAnalysis;

namespace Streaming.Kernel;

/// <summary>What any outcome tells without its type.</summary>
public interface IOutcome
{
    /// <summary>The failure, or null where there is a value.</summary>
    Error? Error { get; }
}

/// <summary>The outcome of a call: a value, or an <see cref="Kernel.Error"/> of the closed set. Never null, never an exception.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class Result<T> : IOutcome
{
    private readonly T? _value;

    private Result(T? value, Error? error) => (_value, Error) = (value, error);

    /// <summary>The failure, or null where there is a value.</summary>
    public Error? Error { get; }

    /// <summary>Whether there is an error instead of a value.</summary>
    [MemberNotNullWhen(true, nameof(Error))]
    public bool IsError => Error is not null;

    /// <summary>The value. Ask <see cref="IsError"/> first.</summary>
    /// <exception cref="InvalidOperationException">There is an error instead; this is a bug of whoever reads.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"There is no value but an error: {Error.Code}.");

    /// <summary>The value if there is one.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Error? error)
    {
        (value, error) = (_value, Error);
        return error is null;
    }

    /// <summary>The value changed, or the same error.</summary>
    public Result<TOther> Map<TOther>(Func<T, TOther> change) => Error is null ? change(_value!) : Error;

    /// <summary>Success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Failure.</summary>
    public static implicit operator Result<T>(Error error) => new(default, error);

    /// <inheritdoc/>
    public override string ToString() => Error is null ? $"{_value}" : $"{Error.Kind}: {Error.Code}";
}

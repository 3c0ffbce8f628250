using MediatR;

namespace Streaming.Kernel;

/// <summary>A question. It changes nothing, so it may be asked twice, compared, and retried.</summary>
/// <typeparam name="T">The answer's shape; it must survive JSON both ways.</typeparam>
public interface IQuery<T> : IRequest<Result<T>>;

/// <summary>An order. The same <see cref="CommandId"/> with the same body is carried out once and answers the same for 24 hours.</summary>
/// <typeparam name="T">The answer's shape; it must survive JSON both ways.</typeparam>
public interface ICommand<T> : IRequest<Result<T>>
{
    /// <summary>UUIDv7, made by whoever gives the order; a retry carries the same one.</summary>
    Guid CommandId { get; }
}

/// <summary>A fact of the past that a module tells the others. It leaves in the transaction that made it true.</summary>
public interface IModuleEvent : INotification;

/// <summary>The answer of an order that has nothing to say but "done".</summary>
public sealed record Done
{
    /// <summary>The only value.</summary>
    public static readonly Done Instance = new();
}

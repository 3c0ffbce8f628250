using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Outbox;

/// <summary>How long events are tried that a handler does not take: configuration section <c>events</c>.</summary>
internal sealed class OutboxOptions
{
    /// <summary>After this many failures an event is parked. With the default waits, 16 are some fifty minutes.</summary>
    [Range(1, 1000)]
    public int Attempts { get; init; } = 16;

    /// <summary>The wait doubles with every failure, from two seconds up to this.</summary>
    [Range(1, 86_400)]
    public int LongestWaitSeconds { get; init; } = 300;

    public static OutboxOptions From(IConfiguration configuration)
    {
        var options = new OutboxOptions();
        configuration.GetSection("events").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        var wrong = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)) return options;
        throw new InvalidOperationException(string.Join(' ', wrong.Select(w => $"events:{string.Join(',', w.MemberNames)}: {w.ErrorMessage}")));
    }

    /// <summary>Up to a quarter shorter, by the event's own id: those that failed together do not all come back together.</summary>
    public TimeSpan Wait(int attempts, Guid id)
    {
        var longest = Math.Min(LongestWaitSeconds, Math.Pow(2, attempts));
        var share = (uint)id.GetHashCode() / (double)uint.MaxValue;
        return TimeSpan.FromSeconds(longest * (1 - (share / 4)));
    }
}

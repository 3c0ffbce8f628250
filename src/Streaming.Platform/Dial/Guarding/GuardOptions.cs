using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Streaming.Platform.Dial.Guarding;

/// <summary>How slow a module may be elsewhere: <c>guard</c>. What is remote is always a little slower, and on a busy machine more than a little.</summary>
public sealed record GuardOptions
{
    /// <summary>What the way to another process may add to what a contract says is slow, in milliseconds, 0 to 10,000 (<c>guard:wayMs</c>).</summary>
    public double WayMs { get; init; } = 20;

    /// <summary>How many calls of a hundred may be slow there, above 0 and below 100 (<c>guard:slowPercent</c>).</summary>
    public double SlowPercent { get; init; } = 2;

    /// <exception cref="InvalidOperationException">A value is not right; the message names its key.</exception>
    public static GuardOptions From(IConfiguration configuration)
    {
        var standard = new GuardOptions();
        return new GuardOptions
        {
            WayMs = Read(configuration, "guard:wayMs", standard.WayMs, ms => ms is >= 0 and <= 10_000, "0 to 10000"),
            SlowPercent = Read(configuration, "guard:slowPercent", standard.SlowPercent, percent => percent is > 0 and < 100, "more than 0 and less than 100"),
        };
    }

    private static double Read(IConfiguration configuration, string key, double standard, Func<double, bool> isRight, string range) => configuration[key] switch
    {
        null or "" => standard,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && isRight(value) => value,
        var text => throw new InvalidOperationException($"{key} is '{text}'; it takes {range}."),
    };
}

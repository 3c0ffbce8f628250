using System.Globalization;

namespace Streaming.Web.Operations;

/// <summary>Figures as the Operations pages write them; a dash where there is none.</summary>
internal static class Figures
{
    private const string None = "–";

    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Number(double? value) => value is { } known ? known.ToString("#,0.#", CultureInfo.InvariantCulture) : None;

    public static string Ms(double? value) => value is { } known ? known.ToString(Math.Abs(known) < 10 ? "0.00" : Math.Abs(known) < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture) : None;

    public static string Percent(double? value) => value is { } known ? $"{known.ToString(known < 10 ? "0.#" : "0", CultureInfo.InvariantCulture)} %" : None;

    public static string Bytes(double? value) => value is { } known ? Shared.Words.Bytes((long)known) : None;

    /// <summary>Evidence has any size.</summary>
    public static string Evidence(double value) => value switch
    {
        < 0.01 => "< 0.01",
        > 1e6 => "> 10⁶",
        _ => value.ToString("#,0.##", CultureInfo.InvariantCulture),
    };

    public static string When(DateTimeOffset at) => at.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";
}

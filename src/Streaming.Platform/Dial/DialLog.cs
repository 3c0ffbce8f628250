using Microsoft.Extensions.Logging;

namespace Streaming.Platform.Dial;

internal static partial class DialLog
{
    [LoggerMessage(1, LogLevel.Error, "Handler of {Contract} threw")]
    public static partial void HandlerFailed(ILogger logger, Exception failure, string contract);

    [LoggerMessage(2, LogLevel.Warning, "What stands in for {Contract} failed too")]
    public static partial void FallbackFailed(ILogger logger, Exception failure, string contract);
}

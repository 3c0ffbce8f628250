namespace Streaming.Host.Commands;

/// <summary>What every verb answers the shell with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
}

using Microsoft.Extensions.Logging;

namespace MediaCore.Engine;

/// <summary>Log events of the engine's host side, ids 3200–3299.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(3200, LogLevel.Warning, "{Calls} calls have not confirmed their end in time; their records are written", EventName = "CallsLeft")]
    public static partial void CallsLeft(ILogger logger, long calls);
}

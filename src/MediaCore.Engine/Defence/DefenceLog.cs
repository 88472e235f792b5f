using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Defence;

/// <summary>Log events of the defence, ids 3300–3399. An address is no personal datum of a caller here: the operator needs it to act.</summary>
internal static partial class DefenceLog
{
    [LoggerMessage(3300, LogLevel.Warning, "{Address} sent too much that nobody asked for and is not heard for {Seconds} s", EventName = "SourceBanned")]
    public static partial void Banned(ILogger logger, string address, long seconds);

    [LoggerMessage(3301, LogLevel.Warning, "Shard {Shard} has more to do than it can: messages wait {Milliseconds} ms; new requests are refused with 503", EventName = "OverloadBegan")]
    public static partial void OverloadBegan(ILogger logger, int shard, long milliseconds);

    [LoggerMessage(3302, LogLevel.Information, "Shard {Shard} takes every new request again; it refused {Refused} of them", EventName = "OverloadEnded")]
    public static partial void OverloadEnded(ILogger logger, int shard, long refused);
}

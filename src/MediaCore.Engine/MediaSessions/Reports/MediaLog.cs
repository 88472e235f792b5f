using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>Log events of media, ids 3460–3479.</summary>
internal static partial class MediaLog
{
    [LoggerMessage(3460, LogLevel.Warning, "call {CallId}: one-way audio: nothing comes from leg {Leg}, which should send, while the other side's packets come; see the runbook", EventName = "OneWayAudio")]
    public static partial void OneWayAudio(ILogger logger, string callId, int leg);

    [LoggerMessage(3461, LogLevel.Information, "call {CallId}: silent audio: what leg {Leg} sends has been digital silence for seconds", EventName = "SilentAudio")]
    public static partial void SilentAudio(ILogger logger, string callId, int leg);
}

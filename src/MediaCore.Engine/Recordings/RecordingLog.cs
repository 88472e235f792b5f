using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Recordings;

/// <summary>Log events of recordings, ids 3520–3539.</summary>
internal static partial class RecordingLog
{
    [LoggerMessage(3520, LogLevel.Information, "call {CallId}: recording {File} saved, {Seconds:0.0} s, {Bytes} bytes, {GapSeconds:0.0} s missing", EventName = "RecordingSaved")]
    public static partial void Saved(ILogger logger, string callId, string file, double seconds, long bytes, double gapSeconds);

    [LoggerMessage(3521, LogLevel.Error, "call {CallId}: recording {File} could not be finished; what is on the disk is recovered at the next start", EventName = "RecordingFailed")]
    public static partial void Failed(ILogger logger, string callId, string file, Exception? exception);

    [LoggerMessage(3522, LogLevel.Error, "the disk refuses recordings ({File}); calls go on, and the time is silence in their recordings", EventName = "RecordingRefused")]
    public static partial void Refused(ILogger logger, string file, Exception exception);

    [LoggerMessage(3523, LogLevel.Information, "recording {File} of before the start is whole again", EventName = "RecordingRecovered")]
    public static partial void Recovered(ILogger logger, string file);

    [LoggerMessage(3524, LogLevel.Warning, "unfinished recording {File} cannot be recovered and is left where it is", EventName = "RecordingNotRecovered")]
    public static partial void NotRecovered(ILogger logger, string file, Exception? exception);

    [LoggerMessage(3525, LogLevel.Error, "the listener of recordings failed for {File}", EventName = "RecordingListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, string file, Exception exception);

    [LoggerMessage(3526, LogLevel.Warning, "call {CallId} is not recorded: {Reason}", EventName = "RecordingNotStarted")]
    public static partial void NotStarted(ILogger logger, string callId, string reason);

    [LoggerMessage(3527, LogLevel.Error, "call {CallId}: a defect ended recording {File}; what is on the disk is recovered at the next start", EventName = "RecordingFaulted")]
    public static partial void Faulted(ILogger logger, string callId, string file, Exception exception);
}

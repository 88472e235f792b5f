using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Transcription;

/// <content>Log events 7144–7146.</content>
internal sealed partial class TranscriptionWorker
{
    [LoggerMessage(7144, LogLevel.Warning, "The message of call {CallId} has no transcript: {Reason}", EventName = "TranscriptFailed")]
    private partial void LogFailed(string callId, string reason);

    [LoggerMessage(7145, LogLevel.Warning, "The message of call {CallId} could not be transcribed and is tried again: {Reason}", EventName = "TranscriptRetried")]
    private partial void LogRetried(string callId, string reason);

    [LoggerMessage(7146, LogLevel.Error, "Messages that wait for transcripts cannot be read or written; it is tried again every 10 s, and none is lost meanwhile.", EventName = "TranscriptsFailing")]
    private partial void LogFailing(Exception fault);
}

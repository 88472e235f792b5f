using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Voicemail;

/// <content>Log events 7090–7099.</content>
public sealed partial class VoicemailRecordings
{
    [LoggerMessage(7090, LogLevel.Information, "A message of {DurationMs} ms was left by call {CallId}.", EventName = "VoicemailLeft")]
    private partial void LogLeft(string callId, int durationMs);

    [LoggerMessage(7091, LogLevel.Error, "The message of call {CallId} cannot be put into its box; it is tried again every 10 s, and nothing is lost meanwhile.", EventName = "VoicemailNotStored")]
    private partial void LogNotStored(string callId, Exception fault);

    [LoggerMessage(7092, LogLevel.Error, "The message of call {CallId} is in no box: {Reason}.", EventName = "VoicemailLost")]
    private partial void LogLost(string callId, string reason);

    [LoggerMessage(7093, LogLevel.Error, "{File} is no message that waits; it was renamed.", EventName = "VoicemailIntentDamaged")]
    private partial void LogDamaged(string file, Exception fault);

    [LoggerMessage(7094, LogLevel.Information, "{Messages} messages of an earlier run wait for their recordings.", EventName = "VoicemailFound")]
    private partial void LogFound(int messages);
}

using MediaCore.Audio.Detection;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Events;
using MediaCore.Primitives;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Calls;

/// <summary>Log events of calls, ids 3000–3099.</summary>
internal static partial class CallLog
{
    [LoggerMessage(3000, LogLevel.Debug, "call {CallId}: INVITE from {Caller} to {Called}", EventName = "CallInvited")]
    public static partial void Invited(ILogger logger, string callId, Pii<string> caller, Pii<string> called);

    [LoggerMessage(EventId = 3001, Message = "call {CallId}: ended, {Reason} by {Side}, SIP {Status}, Q.850 {Cause}, {Seconds:F1} s", EventName = "CallEnded")]
    public static partial void Ended(ILogger logger, LogLevel level, string callId, CallEndReason reason, CallEndSide side, int status, int cause, double seconds);

    [LoggerMessage(3002, LogLevel.Warning, "call {CallId}: prompt {Prompt} could not be had: {Problem}", EventName = "PromptFailed")]
    public static partial void PromptFailed(ILogger logger, string callId, string prompt, string problem);

    [LoggerMessage(3005, LogLevel.Warning, "call {CallId}: the control plane's answer cannot be carried out, the default is taken: {Problem}", EventName = "PolicyAnswerUnusable")]
    public static partial void AnswerUnusable(ILogger logger, string callId, string problem);

    [LoggerMessage(3010, LogLevel.Information, "call {CallId}: {Kind} transfer by leg {Leg}: {Status}", EventName = "CallTransferred")]
    public static partial void Transferred(ILogger logger, string callId, TransferKind kind, int leg, int status);

    [LoggerMessage(3003, LogLevel.Warning, "no media port for a call: {Reason}", EventName = "MediaPortsExhausted")]
    public static partial void MediaPortsExhausted(ILogger logger, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "no media port for a call: {Reason}", EventName = "MediaPortsNotBound")]
    public static partial void MediaPortsNotBound(ILogger logger, string reason);

    [LoggerMessage(3030, LogLevel.Debug, "call {CallId} leg {Leg}: {Kind} {Tone} {Answerer} {Milliseconds} ms", EventName = "MediaHappened")]
    public static partial void MediaHappened(ILogger logger, string callId, int leg, MediaEventKind kind, LineTone tone, AnswererVerdict answerer, int milliseconds);
}

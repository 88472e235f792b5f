using MediaCore.Engine.Control;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control;

/// <summary>What the control interface says. Log event numbers of this project: 12000 to 12099.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(12000, LogLevel.Information, "Controller {Controller} has opened a session under epoch {Epoch}; calls that are its again: {Calls}", EventName = "ControlSessionOpened")]
    public static partial void SessionOpened(ILogger logger, string controller, long epoch, int calls);

    [LoggerMessage(12001, LogLevel.Information, "The session of controller {Controller} under epoch {Epoch} has ended: {Reason}", EventName = "ControlSessionEnded")]
    public static partial void SessionEnded(ILogger logger, string controller, long epoch, string reason);

    [LoggerMessage(12002, LogLevel.Warning, "Controller {Controller} has not come back in time; its calls, {Calls}, go on by its policy {Policy}", EventName = "ControllerLost")]
    public static partial void ControllerLost(ILogger logger, string controller, int calls, ReleasePolicy policy);

    [LoggerMessage(12003, LogLevel.Error, "Call {CallId} of a lost controller could not be given back: {Status}, {Problem}", EventName = "ControlReleaseFailed")]
    public static partial void ReleaseFailed(ILogger logger, string callId, CommandStatus status, string problem);

    [LoggerMessage(12050, LogLevel.Warning, "The control plane at {Target} is not asked the question {Question} for a while, since it fails: {Outcome} {Problem}", EventName = "PolicyBreakerOpened")]
    public static partial void PolicyBreakerOpened(ILogger logger, string question, Uri target, Policy.PolicyOutcome outcome, string problem);

    [LoggerMessage(12051, LogLevel.Information, "The control plane answers the question {Question} again", EventName = "PolicyBreakerClosed")]
    public static partial void PolicyAnswersAgain(ILogger logger, string question);

    [LoggerMessage(12052, LogLevel.Warning, "The control plane has not answered the question {Question}, the default was taken: {Outcome} {Problem}", EventName = "PolicyFailed")]
    public static partial void PolicyFailed(ILogger logger, string question, Policy.PolicyOutcome outcome, string problem);

    [LoggerMessage(12004, LogLevel.Error, "Looking after controllers has failed, which is a defect", EventName = "ControlFaulted")]
    public static partial void Faulted(ILogger logger, Exception exception);

    [LoggerMessage(12020, LogLevel.Information, "The stream of sound of controller {Controller} on leg {LegId} has ended: {Reason}; sound dropped: {DroppedOut} ms to it, {DroppedIn} ms of it", EventName = "AudioStreamEnded")]
    public static partial void AudioStreamEnded(ILogger logger, string legId, string controller, string reason, long droppedOut, long droppedIn);
}

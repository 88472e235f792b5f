using MediaCore.Primitives;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Logging;

/// <summary>Log events of the server, ids 9000 to 9999. What they mean and what to do is in runbook.md.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(9000, LogLevel.Information, "Ready: {Listeners}", EventName = "Ready")]
    public static partial void Ready(ILogger logger, string listeners);

    [LoggerMessage(9001, LogLevel.Warning, "{Notice}", EventName = "NotServed")]
    public static partial void NotServed(ILogger logger, string notice);

    [LoggerMessage(9002, LogLevel.Information, "Draining: {Calls} calls and {NgSessions} ng sessions go on for at most {LimitSeconds} s, new calls get 503", EventName = "DrainStarted")]
    public static partial void DrainStarted(ILogger logger, int calls, int ngSessions, double limitSeconds);

    [LoggerMessage(9003, LogLevel.Information, "Drained: no call and no ng session is left", EventName = "DrainCompleted")]
    public static partial void DrainCompleted(ILogger logger);

    [LoggerMessage(9004, LogLevel.Warning, "The drain's limit is reached: ending the {Calls} calls and {NgSessions} ng sessions that are left", EventName = "DrainLimitReached")]
    public static partial void DrainLimitReached(ILogger logger, int calls, int ngSessions);

    [LoggerMessage(9005, LogLevel.Warning, "Told to stop again: ending the {Calls} calls and {NgSessions} ng sessions that are left now", EventName = "DrainCutShort")]
    public static partial void DrainCutShort(ILogger logger, int calls, int ngSessions);

    [LoggerMessage(9006, LogLevel.Information, "Stopped", EventName = "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(9007, LogLevel.Information, "Told to stop by {Signal}", EventName = "StopRequested")]
    public static partial void StopRequested(ILogger logger, string signal);

    [LoggerMessage(9010, LogLevel.Information, "Configuration reloaded: {Trunks} trunks, {Routes} routes", EventName = "Reloaded")]
    public static partial void Reloaded(ILogger logger, int trunks, int routes);

    [LoggerMessage(9011, LogLevel.Error, "Configuration not reloaded, the old one stays: {Error}", EventName = "ReloadRefused")]
    public static partial void ReloadRefused(ILogger logger, string error);

    [LoggerMessage(9012, LogLevel.Warning, "{Key} was changed, which takes a restart to take effect", EventName = "ReloadNeedsRestart")]
    public static partial void ReloadNeedsRestart(ILogger logger, string key);

    [LoggerMessage(9013, LogLevel.Error, "Reload failed, the old configuration stays", EventName = "ReloadFailed")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(9014, LogLevel.Warning, "The control interface (gRPC) is not served: {Endpoint} is taken. Say another address in grpc.listen, or null for none", EventName = "GrpcPortTaken")]
    public static partial void GrpcPortTaken(ILogger logger, NetworkEndpoint endpoint);

    [LoggerMessage(9015, LogLevel.Error, "A change over the control interface has failed, and {File} could not be put back as it was: what failed comes into force with the next start unless it is taken out of that file", EventName = "ChangeNotPutBack")]
    public static partial void ChangeNotPutBack(ILogger logger, string file, Exception exception);

    [LoggerMessage(9016, LogLevel.Warning, "Started without what was changed over the control interface: it is in {File} now", EventName = "ChangesPutAside")]
    public static partial void ChangesPutAside(ILogger logger, string file);

    [LoggerMessage(9020, LogLevel.Warning, "An announcement could not be made: {Reason}", EventName = "PromptNotReady")]
    public static partial void PromptNotReady(ILogger logger, string reason);

    [LoggerMessage(9021, LogLevel.Information, "{Count} announcements are ready", EventName = "PromptsReady")]
    public static partial void PromptsReady(ILogger logger, int count);

    [LoggerMessage(9030, LogLevel.Critical, "A shard has died; the server ends", EventName = "EngineFaulted")]
    public static partial void EngineFaulted(ILogger logger, Exception? exception);
}

using Microsoft.Extensions.Logging;

namespace MediaCore.Control.NumberServices;

/// <summary>What the number service's API says. Log event numbers 7110 to 7129, and 7185 and 7186.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(7110, LogLevel.Error, "The import {Job} was cut off; the same numbers given again finish it", EventName = "ImportFailed")]
    public static partial void ImportFailed(ILogger logger, Guid job, Exception exception);

    [LoggerMessage(7185, LogLevel.Information, "Recording {Index} of call {CallId} was fetched by {Actor}", EventName = "RecordingFetched")]
    public static partial void RecordingFetched(ILogger logger, string callId, int index, string actor);

    [LoggerMessage(7186, LogLevel.Information, "Recording {Index} of call {CallId} was deleted by {Actor}", EventName = "RecordingDeleted")]
    public static partial void RecordingDeleted(ILogger logger, string callId, int index, string actor);
}

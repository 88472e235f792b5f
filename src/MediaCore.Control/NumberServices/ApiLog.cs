using Microsoft.Extensions.Logging;

namespace MediaCore.Control.NumberServices;

/// <summary>What the number service's API says. Log event numbers 7110 to 7129.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(7110, LogLevel.Error, "The import {Job} was cut off; the same numbers given again finish it", EventName = "ImportFailed")]
    public static partial void ImportFailed(ILogger logger, Guid job, Exception exception);
}

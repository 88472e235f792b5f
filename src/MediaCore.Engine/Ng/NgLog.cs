using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Ng;

/// <summary>Log events of the ng control protocol, ids 3500–3519.</summary>
internal static partial class NgLog
{
    [LoggerMessage(3500, LogLevel.Information, "Commands of the ng protocol are taken at {Address}", EventName = "NgListening")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(3501, LogLevel.Warning, "A controller asks for \"{Word}\", which is not known here; it is answered with a warning each time, and logged this once", EventName = "NgWordUnknown")]
    public static partial void WordUnknown(ILogger logger, string word);

    [LoggerMessage(3502, LogLevel.Warning, "A message for the ng protocol from {Address}, which is neither loopback nor in ng.allow, was dropped; others like it are only counted", EventName = "NgSourceRefused")]
    public static partial void SourceRefused(ILogger logger, string address);

    [LoggerMessage(3503, LogLevel.Information, "A session of the ng protocol was ended by {Reason} after {Seconds} s without media or command", EventName = "NgSessionTimedOut")]
    public static partial void TimedOut(ILogger logger, NgSessionEnd reason, double seconds);

    [LoggerMessage(3504, LogLevel.Critical, "The thread of the ng protocol died; controllers get no answers until the process is restarted", EventName = "NgDied")]
    public static partial void Died(ILogger logger, Exception exception);
}

using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Sessions;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <content>Log events 7170-7172.</content>
internal sealed partial class SmppLink
{
    [LoggerMessage(7170, LogLevel.Information, "SMPP centre {Centre} is bound ({Bind}).", EventName = "SmppBound")]
    private partial void LogBound(string centre, CommandId bind);

    [LoggerMessage(7171, LogLevel.Warning, "The session with SMPP centre {Centre} has ended: {End}, {Status}. It is bound again.", EventName = "SmppEnded")]
    private partial void LogEnded(string centre, SessionEnd end, string status);

    [LoggerMessage(7172, LogLevel.Warning, "SMPP centre {Centre} cannot be reached; it is tried again, at most a minute apart.", EventName = "SmppUnreachable")]
    private partial void LogUnreachable(string centre, Exception fault);
}

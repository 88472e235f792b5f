using System.Net;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Authentication;

/// <summary>What authentication and audit say. Log event numbers 12100 to 12199.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(12100, LogLevel.Warning, "A call of {Method} from {Source} was refused: {Problem}", EventName = "ControlRefused")]
    public static partial void Refused(ILogger logger, string method, IPAddress? source, string problem);

    [LoggerMessage(12101, LogLevel.Information, "The tokens have changed; there are {Count}", EventName = "TokensRead")]
    public static partial void TokensRead(ILogger logger, int count);

    [LoggerMessage(12102, LogLevel.Error, "The tokens have changed and cannot be read, those of before stay: {Problem}", EventName = "TokensUnreadable")]
    public static partial void TokensUnreadable(ILogger logger, string problem);

    [LoggerMessage(12103, LogLevel.Information, "A stream of {Method} of {Identity} was ended: its token does not hold any more", EventName = "StreamRevoked")]
    public static partial void StreamRevoked(ILogger logger, string method, string identity);

    [LoggerMessage(12110, LogLevel.Information, "{Identity} from {Source}: {Method} {Subject}: {Outcome}", EventName = "Audit")]
    public static partial void Audit(ILogger logger, string identity, IPAddress? source, string method, AuditSubject subject, string outcome);
}

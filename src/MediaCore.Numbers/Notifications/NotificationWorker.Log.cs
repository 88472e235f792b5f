using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Notifications;

/// <content>Log events 7140–7143. What a mail server answers may name the receiver, so it is shown by the API alone.</content>
internal sealed partial class NotificationWorker
{
    [LoggerMessage(7140, LogLevel.Warning, "Notification {Id} ({Kind}) did not go out and is tried again for a day; the API shows why.", EventName = "NotificationRetried")]
    private partial void LogRetried(string kind, Guid id);

    [LoggerMessage(7141, LogLevel.Error, "Notification {Id} ({Kind}) is given up after {Attempts} attempts; the API shows why, and tries it again when it is asked to.", EventName = "NotificationGivenUp")]
    private partial void LogGivenUp(string kind, Guid id, int attempts);

    [LoggerMessage(7142, LogLevel.Error, "Notifications cannot be read or written; it is tried again every 10 s, and none is lost meanwhile.", EventName = "NotificationsFailing")]
    private partial void LogFailing(Exception fault);

    [LoggerMessage(7143, LogLevel.Warning, "Notification {Id} ({Kind}) took longer than it may, and another server may have sent it as well.", EventName = "NotificationLeaseLost")]
    private partial void LogLeaseLost(string kind, Guid id);
}

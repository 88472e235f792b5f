using System.Diagnostics.Metrics;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Notifications;

/// <summary>Figures of notifications.</summary>
internal static class NotificationMetrics
{
    private static readonly Meter Meter = new("MediaCore.Numbers");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("mediacore.numbers.notifications", "{attempt}", "Attempts to send mails and text messages that tell of messages and calls, by what came of them: sent, retried, failed.");

    /// <summary>Shows all of them, so that an alert on one finds a 0 before the first fault.</summary>
    internal static void Publish()
    {
        foreach (NotificationKind kind in Enum.GetValues<NotificationKind>())
        {
            foreach (string result in (ReadOnlySpan<string>)["sent", "retried", "failed"])
            {
                Count(kind, result, 0);
            }
        }
    }

    internal static void Count(NotificationKind kind, string result, int by = 1)
        => Attempts.Add(by, new KeyValuePair<string, object?>("kind", kind == NotificationKind.Mail ? "mail" : "text"), new KeyValuePair<string, object?>("result", result));
}

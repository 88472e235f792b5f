using System.Globalization;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Notifications;

/// <summary>Writes who is to be told, and the event for programs, with what they are told of.</summary>
internal static class NotificationRows
{
    /// <summary>Of a message that comes into its box.</summary>
    public static void AddReceived(ServiceContext context, VoicemailMessage message, VoicemailBox box, long nowMs)
    {
        AddReceivers(context, message, VoicemailSettings.Of(box).Notify, NotificationSubject.Voicemail, nowMs);
        JsonObject data = Describe(message, box);
        data["transcription"] = message.TranscriptState == TranscriptState.Pending ? "pending" : "none";
        ServiceEvents.Add(context, message.TenantId, ServiceEventTypes.VoicemailReceived, message.Id.ToString(), data, nowMs);
    }

    /// <summary>Of its transcript, or that there will be none.</summary>
    public static void AddTranscribed(ServiceContext context, VoicemailMessage message, VoicemailBox box, long nowMs)
    {
        if (message.TranscriptState == TranscriptState.Done)
        {
            AddReceivers(context, message, VoicemailSettings.Of(box).Notify, NotificationSubject.Transcript, nowMs);
        }

        JsonObject data = Describe(message, box);
        data["transcription"] = message.TranscriptState == TranscriptState.Done ? "done" : "failed";
        data["transcript"] = message.Transcript is { } json ? JsonNode.Parse(json) : null;
        ServiceEvents.Add(context, message.TenantId, ServiceEventTypes.VoicemailTranscribed, message.Id.ToString(), data, nowMs);
    }

    /// <summary>Of a call, as a plan's action says.</summary>
    public static async Task WriteCallAsync(ServiceStore store, CallFacts facts, NotifyAction action, string text, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Of(facts.TenantId));
        foreach ((NotificationKind kind, string receiver) in Receivers(action.Mail, action.Sms))
        {
            context.Notifications.Add(new Notification
            {
                TenantId = facts.TenantId,
                Kind = kind,
                Subject = NotificationSubject.Call,
                Receiver = receiver,
                CallId = facts.CallId,
                Caller = facts.Caller,
                Called = facts.Number,
                Text = text,
                DueAtMs = store.NowMs,
            });
        }

        if (action.Webhook)
        {
            JsonObject data = new() { ["call_id"] = facts.CallId, ["number"] = facts.Number, ["caller"] = facts.Caller, ["text"] = text, ["at"] = Time(store.NowMs) };
            ServiceEvents.Add(context, facts.TenantId, ServiceEventTypes.CallNotified, facts.CallId, data, store.NowMs);
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>
    /// Does with a message what its box wants done after its notification: when nobody is left to be told, nobody was missed, and no transcript is to come. A message that somebody has heard or deleted meanwhile stays as it is.
    /// </summary>
    /// <returns>Whether the message is another now.</returns>
    public static async Task<bool> SettleMessageAsync(ServiceContext context, Guid id, CancellationToken cancellationToken)
    {
        int changed = 0;
        foreach ((AfterNotification after, VoicemailState state) in s_after)
        {
            changed += await context.VoicemailMessages
                .Where(message => message.Id == id && message.State == VoicemailState.New && message.TranscriptState != TranscriptState.Pending
                    && context.VoicemailBoxes.Any(box => box.Id == message.BoxId && box.AfterNotification == after)
                    && context.Notifications.Any(row => row.MessageId == id)
                    && !context.Notifications.Any(row => row.MessageId == id && row.State != NotificationState.Sent))
                .ExecuteUpdateAsync(set => set.SetProperty(static message => message.State, state).SetProperty(static message => message.Version, static message => message.Version + 1), cancellationToken);
        }

        return changed > 0;
    }

    private static readonly (AfterNotification After, VoicemailState State)[] s_after = [(AfterNotification.MarkRead, VoicemailState.Read), (AfterNotification.Delete, VoicemailState.Deleted)];

    private static void AddReceivers(ServiceContext context, VoicemailMessage message, NotificationSettings settings, NotificationSubject subject, long nowMs)
    {
        foreach ((NotificationKind kind, string receiver) in Receivers(settings.Mail, settings.Text))
        {
            context.Notifications.Add(new Notification
            {
                TenantId = message.TenantId,
                Kind = kind,
                Subject = subject,
                Receiver = receiver,
                MessageId = message.Id,
                CallId = message.CallId,
                Sound = kind == NotificationKind.Mail && subject == NotificationSubject.Voicemail ? settings.Sound : NotificationSound.None,
                DueAtMs = nowMs,
            });
        }
    }

    private static IEnumerable<(NotificationKind Kind, string Receiver)> Receivers(IEnumerable<string> mail, IEnumerable<string> text)
        => mail.Distinct(StringComparer.OrdinalIgnoreCase).Select(static one => (NotificationKind.Mail, one)).Concat(text.Distinct(StringComparer.Ordinal).Select(static one => (NotificationKind.Text, one)));

    private static JsonObject Describe(VoicemailMessage message, VoicemailBox box) => new()
    {
        ["message_id"] = message.Id.ToString(),
        ["box"] = box.Box,
        ["call_id"] = message.CallId,
        ["caller"] = message.Caller,
        ["called"] = message.Called,
        ["received_at"] = Time(message.ReceivedAtMs),
        ["duration_ms"] = message.DurationMs,
    };

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

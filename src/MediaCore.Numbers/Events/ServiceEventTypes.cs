using System.Collections.Immutable;

namespace MediaCore.Numbers.Events;

/// <summary>What programs are told of.</summary>
public static class ServiceEventTypes
{
    /// <summary>A call of a tenant's number has ended; the data is its record.</summary>
    public const string CallCompleted = "call.completed";

    /// <summary>A plan's action <c>notify</c>.</summary>
    public const string CallNotified = "call.notified";

    /// <summary>A recording's file is there.</summary>
    public const string RecordingCompleted = "recording.completed";

    /// <summary>A message is in its voicemail box.</summary>
    public const string VoicemailReceived = "voicemail.received";

    /// <summary>Its transcript is there, or could not be made.</summary>
    public const string VoicemailTranscribed = "voicemail.transcribed";

    /// <summary>An SMS or MMS has come in.</summary>
    public const string MessageReceived = "message.received";

    /// <summary>The state of an SMS or MMS is another.</summary>
    public const string MessageUpdated = "message.updated";

    /// <summary>A receiver has asked for no more messages, or for messages again.</summary>
    public const string MessageOptOut = "message.opt_out";

    /// <summary>A webhook was switched off because its server failed for a day, or answered 410.</summary>
    public const string WebhookDisabled = "webhook.disabled";

    /// <summary>Somebody asked for it, to see whether a webhook works; told to that webhook alone.</summary>
    public const string WebhookTest = "webhook.test";

    /// <summary>All.</summary>
    public static ImmutableArray<string> All { get; } =
        [CallCompleted, CallNotified, RecordingCompleted, VoicemailReceived, VoicemailTranscribed, MessageReceived, MessageUpdated, MessageOptOut, WebhookDisabled, WebhookTest];
}

namespace MediaCore.Numbers.Model;

/// <summary>How somebody is told.</summary>
public enum NotificationKind : byte
{
    /// <summary>Mail.</summary>
    Mail,

    /// <summary>A text message.</summary>
    Text,
}

/// <summary>What somebody is told of.</summary>
public enum NotificationSubject : byte
{
    /// <summary>A message in a voicemail box.</summary>
    Voicemail,

    /// <summary>Its transcript, which follows.</summary>
    Transcript,

    /// <summary>A call, by a plan's action <c>notify</c>.</summary>
    Call,
}

/// <summary>How far it is.</summary>
public enum NotificationState : byte
{
    /// <summary>Is to be sent, at <see cref="Notification.DueAtMs"/> or later.</summary>
    Waiting,

    /// <summary>The mail server, or the message service, has it.</summary>
    Sent,

    /// <summary>It was refused for good, or was not taken within a day.</summary>
    Failed,
}

/// <summary>What goes with the mail of a voicemail message.</summary>
public enum NotificationSound : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The sound, as it was recorded.</summary>
    Attach,

    /// <summary>Where it can be heard.</summary>
    Link,
}

/// <summary>One receiver who is to be told of something: written with what it tells of, in one transaction, and sent afterwards (docs/adr/0039-notifications.md).</summary>
public sealed class Notification : TenantRow, IRecordRow
{
    /// <summary>How.</summary>
    public NotificationKind Kind { get; set; }

    /// <summary>Of what.</summary>
    public NotificationSubject Subject { get; set; }

    /// <summary>Whom: a mail address; a number or an account.</summary>
    public string Receiver { get; set; } = "";

    /// <summary>The voicemail message; null for a call.</summary>
    public Guid? MessageId { get; set; }

    /// <summary>The call.</summary>
    public string CallId { get; set; } = "";

    /// <summary>Who called; of a call.</summary>
    public string Caller { get; set; } = "";

    /// <summary>The number that was called; of a call.</summary>
    public string Called { get; set; } = "";

    /// <summary>The words of a plan; of a call.</summary>
    public string Text { get; set; } = "";

    /// <summary>What goes with a mail.</summary>
    public NotificationSound Sound { get; set; }

    /// <summary>How far it is.</summary>
    public NotificationState State { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before this it is tried (again); who tries moves it ahead first, so that nobody else does meanwhile. Milliseconds of Unix time.</summary>
    public long DueAtMs { get; set; }

    /// <summary>When it went out, milliseconds of Unix time; 0 until then.</summary>
    public long SentAtMs { get; set; }

    /// <summary>What came of the last attempt; empty when it went out, and while it is being sent.</summary>
    public string Problem { get; set; } = "";
}

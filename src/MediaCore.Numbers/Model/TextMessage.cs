namespace MediaCore.Numbers.Model;

/// <summary>How a message goes.</summary>
public enum MessageChannel : byte
{
    /// <summary>SMS, over SMPP, HTTP or SIP.</summary>
    Sms,

    /// <summary>MMS.</summary>
    Mms,
}

/// <summary>
/// State of a message. The numbers rise with what is known, and a state never goes back: a late "sent" does not take the place of "delivered".
/// </summary>
public enum MessageState : byte
{
    /// <summary>Taken.</summary>
    Accepted = 0,

    /// <summary>Waits for its time.</summary>
    Scheduled = 10,

    /// <summary>Waits for its turn.</summary>
    Queued = 20,

    /// <summary>Was handed over, unanswered yet.</summary>
    Sending = 30,

    /// <summary>The next centre has it.</summary>
    Sent = 40,

    /// <summary>One that came in.</summary>
    Received = 50,

    /// <summary>The validity ran out.</summary>
    Expired = 60,

    /// <summary>Refused.</summary>
    Failed = 61,

    /// <summary>Withdrawn before it was sent.</summary>
    Cancelled = 62,

    /// <summary>The receiver did not get it.</summary>
    Undelivered = 63,

    /// <summary>The receiver has it.</summary>
    Delivered = 70,

    /// <summary>The receiver has read it.</summary>
    Read = 80,
}

/// <summary>An SMS or MMS of a number.</summary>
public sealed class TextMessage : TenantRow, IRecordRow
{
    /// <summary>SMS or MMS.</summary>
    public MessageChannel Channel { get; set; }

    /// <summary>Came in, in place of being sent.</summary>
    public bool Inbound { get; set; }

    /// <summary>The number of ours; a thread is this and <see cref="Peer"/>.</summary>
    public string Number { get; set; } = "";

    /// <summary>The other side.</summary>
    public string Peer { get; set; } = "";

    /// <summary>The words.</summary>
    public string Text { get; set; } = "";

    /// <summary>Parts it is sent in.</summary>
    public int Segments { get; set; } = 1;

    /// <summary>Media of an MMS, a JSON array; null for none.</summary>
    public string? Media { get; set; }

    /// <summary>Where it is.</summary>
    public MessageState State { get; set; }

    /// <summary>Why it failed; null when it has not.</summary>
    public string? Error { get; set; }

    /// <summary>Identifiers that centres gave its parts, one a line.</summary>
    public string ProviderIds { get; set; } = "";

    /// <summary>When it is to be sent; null for at once.</summary>
    public long? ScheduledAtMs { get; set; }

    /// <summary>When its state last changed.</summary>
    public long StateAtMs { get; set; }

    /// <summary>When it is not worth sending any more; null for one that came in.</summary>
    public long? ValidUntilMs { get; set; }

    /// <summary>What makes it one and the same when it comes twice: the sender's key or the carrier's identifier; unique within the tenant. Null for none.</summary>
    public string? Key { get; set; }

    /// <summary>An answer that was made by the service itself, to STOP, START or HELP: goes to whoever has opted out too, and is never answered.</summary>
    public bool IsReply { get; set; }

    /// <summary>Concatenation reference of its parts.</summary>
    public byte Reference { get; set; }

    /// <summary>Whether its parts go as UCS-2.</summary>
    public bool IsUcs2 { get; set; }
}

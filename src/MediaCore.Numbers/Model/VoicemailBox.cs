namespace MediaCore.Numbers.Model;

/// <summary>What becomes of a message once its notification went out.</summary>
public enum AfterNotification : byte
{
    /// <summary>It stays new.</summary>
    Keep,

    /// <summary>It counts as read.</summary>
    MarkRead,

    /// <summary>It is deleted.</summary>
    Delete,
}

/// <summary>A voicemail box. Limits as Asterisk and FreeSWITCH have them where they agree.</summary>
public sealed class VoicemailBox : TenantRow
{
    /// <summary>Number that the box is asked for by phone, digits; unique within the tenant.</summary>
    public string Box { get; set; } = "";

    /// <summary>Whose it is; null for a box of the tenant.</summary>
    public Guid? UserId { get; set; }

    /// <summary>The PIN, hashed; null while none is set.</summary>
    [Secret]
    public string? PinHash { get; set; }

    /// <summary>Wrong PINs in a row.</summary>
    public int WrongPins { get; set; }

    /// <summary>Until when no PIN is taken; null while it is not locked.</summary>
    public long? LockedUntilMs { get; set; }

    /// <summary>Messages at most.</summary>
    public int MaxMessages { get; set; } = 100;

    /// <summary>Longest message, seconds.</summary>
    public int MaxSeconds { get; set; } = 180;

    /// <summary>Shortest message that is kept, seconds.</summary>
    public int MinSeconds { get; set; } = 3;

    /// <summary>Silence that ends a message, seconds.</summary>
    public int MaxSilenceSeconds { get; set; } = 10;

    /// <summary>Whether messages are transcribed.</summary>
    public bool Transcribe { get; set; } = true;

    /// <summary>What becomes of a message once its notification went out.</summary>
    public AfterNotification AfterNotification { get; set; }

    /// <summary>Days that a message is kept; 0 for ever.</summary>
    public int RetentionDays { get; set; }

    /// <summary>Greetings, notifications, operator, forwarding: a JSON document.</summary>
    public string Settings { get; set; } = "{}";
}

/// <summary>State of a voicemail message.</summary>
public enum VoicemailState : byte
{
    /// <summary>Not heard yet.</summary>
    New,

    /// <summary>Heard.</summary>
    Read,

    /// <summary>Heard and kept.</summary>
    Saved,

    /// <summary>Deleted; the sound goes with the next tidying.</summary>
    Deleted,
}

/// <summary>State of a transcript.</summary>
public enum TranscriptState : byte
{
    /// <summary>None is wanted.</summary>
    None,

    /// <summary>Is to be made.</summary>
    Pending,

    /// <summary>Is there.</summary>
    Done,

    /// <summary>Could not be made; the sound is there.</summary>
    Failed,
}

/// <summary>A message in a voicemail box. Counts for the waiting lamp are made from these rows, never kept beside them.</summary>
public sealed class VoicemailMessage : TenantRow, IRecordRow
{
    /// <summary>The box.</summary>
    public Guid BoxId { get; set; }

    /// <summary>The call that left it.</summary>
    public string CallId { get; set; } = "";

    /// <summary>Who called.</summary>
    public string Caller { get; set; } = "";

    /// <summary>The number that was called.</summary>
    public string Called { get; set; } = "";

    /// <summary>Heard or not.</summary>
    public VoicemailState State { get; set; }

    /// <summary>Goes before others.</summary>
    public bool Urgent { get; set; }

    /// <summary>When it was left, milliseconds of Unix time.</summary>
    public long ReceivedAtMs { get; set; }

    /// <summary>How long it is, milliseconds.</summary>
    public int DurationMs { get; set; }

    /// <summary>The sound, a file below the recordings' folder.</summary>
    public string File { get; set; } = "";

    /// <summary>SHA-256 of the sound, hexadecimal.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Whether there is a transcript.</summary>
    public TranscriptState TranscriptState { get; set; }

    /// <summary>The transcript with words, times and confidence, a JSON document.</summary>
    public string? Transcript { get; set; }
}

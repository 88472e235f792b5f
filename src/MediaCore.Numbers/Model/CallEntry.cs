namespace MediaCore.Numbers.Model;

/// <summary>
/// A call that has ended: what is searched in columns, the whole record with its legs as the journal has it (JSON). The call's identifier is the
/// key, so a record is stored once however often it is brought.
/// </summary>
public sealed class CallEntry : IRecordRow
{
    /// <summary>The call.</summary>
    public string CallId { get; set; } = "";

    /// <summary>The tenant whose number it took; of one that took none the tenant whose account placed it, else the platform.</summary>
    public Guid TenantId { get; set; }

    /// <summary>The virtual number; null for a call that took none.</summary>
    public string? Number { get; set; }

    /// <summary>Who called.</summary>
    public string Caller { get; set; } = "";

    /// <summary>What was called.</summary>
    public string Called { get; set; } = "";

    /// <summary>When the call came, milliseconds of Unix time.</summary>
    public long StartedAtMs { get; set; }

    /// <summary>When it was answered; null when it was not.</summary>
    public long? AnsweredAtMs { get; set; }

    /// <summary>When it ended.</summary>
    public long EndedAtMs { get; set; }

    /// <summary>Who ended it.</summary>
    public string EndedBy { get; set; } = "";

    /// <summary>Why it ended.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The whole record, JSON.</summary>
    public string Record { get; set; } = "";
}

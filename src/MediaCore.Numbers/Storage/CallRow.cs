namespace MediaCore.Numbers.Storage;

/// <summary>Table <c>call_records</c>: one row per ended call.</summary>
internal sealed class CallRow
{
    /// <summary>Primary key, so that a record that comes twice is stored once.</summary>
    public string CallId { get; set; } = "";

    public long StartedAtMs { get; set; }

    public long? RingingAtMs { get; set; }

    public long? AnsweredAtMs { get; set; }

    public long EndedAtMs { get; set; }

    public string Caller { get; set; } = "";

    public string Called { get; set; } = "";

    public string? Number { get; set; }

    public string? InboundTrunk { get; set; }

    public string? OutboundTrunk { get; set; }

    public string? Account { get; set; }

    /// <summary>Name as in <see cref="Engine.CallRecords.CallEndNames"/>.</summary>
    public string EndedBy { get; set; } = "";

    /// <summary>Name as in <see cref="Engine.CallRecords.CallEndNames"/>.</summary>
    public string Reason { get; set; } = "";

    public int SipStatus { get; set; }

    public int Q850Cause { get; set; }

    /// <summary>What most calls do not have, as <see cref="Engine.CallRecords.CallRecordDetails"/>; null for none.</summary>
    public string? Details { get; set; }

    public List<CallLegRow> Legs { get; set; } = [];
}

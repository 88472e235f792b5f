namespace MediaCore.Numbers.Storage;

/// <summary>Table <c>call_legs</c>; key is the call and the leg's place in it.</summary>
internal sealed class CallLegRow
{
    public string CallId { get; set; } = "";

    /// <summary>0 is the caller's leg.</summary>
    public int Position { get; set; }

    public string LegId { get; set; } = "";

    public bool Inbound { get; set; }

    public string SipCallId { get; set; } = "";

    public string FromUri { get; set; } = "";

    public string ToUri { get; set; } = "";

    public string? Peer { get; set; }

    public string RemoteAddress { get; set; } = "";

    public long InvitedAtMs { get; set; }

    public long? RingingAtMs { get; set; }

    public long? AnsweredAtMs { get; set; }

    public long EndedAtMs { get; set; }

    public string EndedBy { get; set; } = "";

    public int SipStatus { get; set; }

    public int Q850Cause { get; set; }

    public string? Codec { get; set; }

    /// <summary>Suite of its SRTP; null for plain RTP.</summary>
    public string? Srtp { get; set; }

    public long ReceivedPackets { get; set; }

    public long ReceivedBytes { get; set; }

    public long ReceivedLost { get; set; }

    public double ReceivedJitterMs { get; set; }

    public double ReceivedMaxJitterMs { get; set; }

    public long SentPackets { get; set; }

    public long SentBytes { get; set; }

    public long SentLost { get; set; }

    public double SentJitterMs { get; set; }

    public double SentMaxJitterMs { get; set; }

    /// <summary>What became of its sound, as <see cref="Engine.CallRecords.CallRecordDetails"/>; null for nothing.</summary>
    public string? Details { get; set; }
}

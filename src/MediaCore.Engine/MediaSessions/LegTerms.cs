namespace MediaCore.Engine.MediaSessions;

/// <summary>What was agreed with a leg's peer that matters beside addresses and formats.</summary>
[Flags]
internal enum LegTerms : byte
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>The peer's description lets it send: it holds nobody off and is not on hold.</summary>
    MaySend = 1,

    /// <summary>The peer wants to hear.</summary>
    MayReceive = 2,

    /// <summary>The call is answered, so that both may be expected to send.</summary>
    Answered = 4,

    /// <summary>RTCP goes over the RTP port, both ways (RFC 5761).</summary>
    RtcpMux = 8,

    /// <summary>The profile has feedback messages (RFC 4585, RFC 5124).</summary>
    Feedback = 16,

    /// <summary>The peer wants VoIP metrics blocks (RFC 3611 §5.1).</summary>
    VoipMetrics = 32,

    /// <summary>The peer answers reference times (RFC 3611 §5.1).</summary>
    ReceiverRoundTrip = 64,
}

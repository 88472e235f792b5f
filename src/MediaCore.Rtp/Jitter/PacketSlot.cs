namespace MediaCore.Rtp.Jitter;

/// <summary>What the buffer knows of one packet; its payload lies in the buffer's array at the same index.</summary>
internal struct PacketSlot
{
    /// <summary>Sequence number with its wraps; −1 when the slot is empty.</summary>
    public long Sequence;

    /// <summary>RTP timestamp with its wraps.</summary>
    public long Timestamp;

    /// <summary>Length in units of the RTP clock; 0 for what is not sound.</summary>
    public int DurationUnits;

    /// <summary>Bytes of the payload.</summary>
    public ushort PayloadBytes;

    /// <summary>Payload type.</summary>
    public byte PayloadType;

    /// <summary>What it carries.</summary>
    public PacketKind Kind;

    /// <summary>Marker: the first packet of a talkspurt (RFC 3551 §4.1).</summary>
    public bool Marker;
}

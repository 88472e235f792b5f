namespace MediaCore.Rtp.Jitter;

/// <summary>What a packet carries, as its payload type says.</summary>
public enum PacketKind : byte
{
    /// <summary>Coded sound.</summary>
    Audio,

    /// <summary>Comfort noise parameters, RFC 3389; the sender is silent after it.</summary>
    ComfortNoise,

    /// <summary>A telephone event (RFC 4733) or anything else that shares the sequence numbers and is not played from here.</summary>
    Other,
}

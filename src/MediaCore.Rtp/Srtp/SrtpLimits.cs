namespace MediaCore.Rtp.Srtp;

/// <summary>The figures of SRTP, each with where it comes from.</summary>
public static class SrtpLimits
{
    /// <summary>The smallest replay window in packets, RFC 3711 §3.3.2.</summary>
    public const int MinWindowPackets = 64;

    /// <summary>The replay window when nothing else is said: 128 packets, 2.5 s at 20 ms, as libsrtp's.</summary>
    public const int DefaultWindowPackets = 128;

    /// <summary>The largest: half of the sequence numbers, beyond which an index cannot be estimated (RFC 3711 §3.3.1).</summary>
    public const int MaxWindowPackets = 32_768;

    /// <summary>
    /// Synchronisation sources that one key may have in one direction: 64. A phone has one, and a new one each time another device joins its call; a replay window cannot be given up
    /// while its key is in use, or old packets could be played again, so further sources of the peer's are refused, and further ones of ours share the last place. Two kilobytes in all.
    /// </summary>
    public const int MaxStreams = 64;

    /// <summary>RTP packets under one master key, RFC 3711 §9.2: 2^48.</summary>
    public const ulong MaxRtpPackets = 1UL << 48;

    /// <summary>RTCP packets under one master key, RFC 3711 §9.2: 2^31.</summary>
    public const uint MaxRtcpPackets = 1U << 31;

    /// <summary>Bytes of the longest master key identifier, RFC 4568 §6.1.</summary>
    public const int MaxMkiBytes = 128;

    /// <summary>
    /// The most that protecting adds to a packet with a key identifier of this many bytes: the longest tag, the RTCP index and the identifier. A buffer
    /// needs this much room behind the packet.
    /// </summary>
    public static int MaxTrailerBytes(int mkiBytes) => 16 + 4 + mkiBytes;

    /// <summary>Keys of a peer that are known again after another one has taken their place: 8. A peer changes its key when a call is held, moved or transferred, a few times in its life.</summary>
    public const int MaxFormerKeys = 8;

    /// <summary>
    /// How far back a sequence number of one source has to be, with its successor following, to be taken for a numbering that began again: 100 packets, MAX_MISORDER of RFC 3550 §A.1. What is
    /// nearer is late.
    /// </summary>
    public const int MinRestartPackets = 100;
}

using System.Buffers.Binary;

namespace MediaCore.Rtp.Rtcp;

/// <summary>
/// A VoIP Metrics Report Block, RFC 3611 §4.7, in the units of the wire: rates and densities in 1/256, times in milliseconds, MOS times ten. Levels are unavailable (127) unless set.
/// </summary>
public readonly record struct VoipMetrics
{
    /// <summary>Bytes of the block's content, its four-byte header left out.</summary>
    public const int ContentBytes = 32;

    /// <summary>The value of R factors, MOS, levels and RERL that says "not known" (RFC 3611 §4.7.4, §4.7.5).</summary>
    public const byte Unavailable = 127;

    /// <summary>Unknown everything about one source.</summary>
    public VoipMetrics(uint ssrc)
    {
        Ssrc = ssrc;
        SignalLevel = NoiseLevel = ResidualEcho = RFactor = ExternalRFactor = ListeningMos = ConversationalMos = Unavailable;
        Gmin = 16;
    }

    /// <summary>The source that the block is about.</summary>
    public uint Ssrc { get; init; }

    /// <summary>Packets lost of those expected.</summary>
    public byte LossRate { get; init; }

    /// <summary>Packets discarded of those expected.</summary>
    public byte DiscardRate { get; init; }

    /// <summary>Loss within bursts.</summary>
    public byte BurstDensity { get; init; }

    /// <summary>Loss within gaps.</summary>
    public byte GapDensity { get; init; }

    /// <summary>Mean duration of a burst.</summary>
    public ushort BurstMilliseconds { get; init; }

    /// <summary>Mean duration of a gap.</summary>
    public ushort GapMilliseconds { get; init; }

    /// <summary>Round trip between the RTP interfaces.</summary>
    public ushort RoundTripMilliseconds { get; init; }

    /// <summary>Delay within the reporter.</summary>
    public ushort EndSystemMilliseconds { get; init; }

    /// <summary>Signal level in dBm, two's complement; 127 unknown.</summary>
    public byte SignalLevel { get; init; }

    /// <summary>Noise level in dBm, two's complement; 127 unknown.</summary>
    public byte NoiseLevel { get; init; }

    /// <summary>Residual echo return loss in dB; 127 unknown.</summary>
    public byte ResidualEcho { get; init; }

    /// <summary>The gap threshold that the burst figures were made with.</summary>
    public byte Gmin { get; init; }

    /// <summary>R factor, 0–100; 127 unknown.</summary>
    public byte RFactor { get; init; }

    /// <summary>R factor of the network beyond; 127 unknown.</summary>
    public byte ExternalRFactor { get; init; }

    /// <summary>MOS-LQ times ten, 10–50; 127 unknown.</summary>
    public byte ListeningMos { get; init; }

    /// <summary>MOS-CQ times ten, 10–50; 127 unknown.</summary>
    public byte ConversationalMos { get; init; }

    /// <summary>Concealment and jitter buffer kind, RFC 3611 §4.7.6.</summary>
    public byte ReceiverConfiguration { get; init; }

    /// <summary>Nominal jitter buffer delay.</summary>
    public ushort JitterBufferMilliseconds { get; init; }

    /// <summary>Present greatest jitter buffer delay.</summary>
    public ushort JitterBufferMaxMilliseconds { get; init; }

    /// <summary>Greatest jitter buffer delay there can be.</summary>
    public ushort JitterBufferAbsoluteMaxMilliseconds { get; init; }

    /// <summary>Reads a block's content; false when it has another length than <see cref="ContentBytes"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> content, out VoipMetrics metrics)
    {
        metrics = default;
        if (content.Length != ContentBytes)
        {
            return false;
        }

        metrics = new VoipMetrics(BinaryPrimitives.ReadUInt32BigEndian(content))
        {
            LossRate = content[4],
            DiscardRate = content[5],
            BurstDensity = content[6],
            GapDensity = content[7],
            BurstMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[8..]),
            GapMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[10..]),
            RoundTripMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[12..]),
            EndSystemMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[14..]),
            SignalLevel = content[16],
            NoiseLevel = content[17],
            ResidualEcho = content[18],
            Gmin = content[19],
            RFactor = content[20],
            ExternalRFactor = content[21],
            ListeningMos = content[22],
            ConversationalMos = content[23],
            ReceiverConfiguration = content[24],
            JitterBufferMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[26..]),
            JitterBufferMaxMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[28..]),
            JitterBufferAbsoluteMaxMilliseconds = BinaryPrimitives.ReadUInt16BigEndian(content[30..]),
        };
        return true;
    }

    /// <summary>Writes <see cref="ContentBytes"/> bytes.</summary>
    public void Write(Span<byte> content)
    {
        BinaryPrimitives.WriteUInt16BigEndian(content[30..], JitterBufferAbsoluteMaxMilliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(content[28..], JitterBufferMaxMilliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(content[26..], JitterBufferMilliseconds);
        content[25] = 0;
        content[24] = ReceiverConfiguration;
        content[23] = ConversationalMos;
        content[22] = ListeningMos;
        content[21] = ExternalRFactor;
        content[20] = RFactor;
        content[19] = Gmin;
        content[18] = ResidualEcho;
        content[17] = NoiseLevel;
        content[16] = SignalLevel;
        BinaryPrimitives.WriteUInt16BigEndian(content[14..], EndSystemMilliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(content[12..], RoundTripMilliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(content[10..], GapMilliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(content[8..], BurstMilliseconds);
        content[7] = GapDensity;
        content[6] = BurstDensity;
        content[5] = DiscardRate;
        content[4] = LossRate;
        BinaryPrimitives.WriteUInt32BigEndian(content, Ssrc);
    }
}

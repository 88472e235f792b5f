using MediaCore.Rtp.Packets;

namespace MediaCore.Rtp.Relay;

/// <summary>
/// The sending side of one SSRC that we originate, RFC 3550 §5.1 and §6.4.1: next sequence number and timestamp, and the counts for our SR.
/// The first values should be random (§5.1); the caller brings them, since a core has no source of randomness. Owned by its shard.
/// </summary>
public struct RtpStream
{
    /// <summary>A stream whose first packet carries these values.</summary>
    public RtpStream(uint ssrc, ushort firstSequenceNumber, uint firstTimestamp)
    {
        Ssrc = ssrc;
        NextSequenceNumber = firstSequenceNumber;
        NextTimestamp = firstTimestamp;
    }

    /// <summary>Our SSRC.</summary>
    public uint Ssrc { get; }

    /// <summary>Sequence number of the next packet.</summary>
    public ushort NextSequenceNumber { get; private set; }

    /// <summary>RTP timestamp of the next packet.</summary>
    public uint NextTimestamp { get; private set; }

    /// <summary>Packets sent.</summary>
    public long Packets { get; private set; }

    /// <summary>Payload bytes sent.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Writes the header of a packet whose payload the caller has put (or will put) behind it, and moves on.</summary>
    /// <param name="packet">At least <see cref="RtpHeader.MinBytes"/> bytes.</param>
    /// <param name="payloadType">Payload type, 0–127.</param>
    /// <param name="marker">First packet after silence.</param>
    /// <param name="payloadBytes">Bytes of payload, for the counts.</param>
    /// <param name="durationSamples">How far the timestamp goes on, in units of the RTP clock.</param>
    public void WriteHeader(Span<byte> packet, byte payloadType, bool marker, int payloadBytes, uint durationSamples)
    {
        RtpHeader.Write(packet, payloadType, marker, NextSequenceNumber, NextTimestamp, Ssrc);
        NextSequenceNumber = unchecked((ushort)(NextSequenceNumber + 1));
        NextTimestamp = unchecked(NextTimestamp + durationSamples);
        Packets++;
        PayloadBytes += payloadBytes;
    }

    /// <summary>Lets the clock run without a packet: silence between two talk spurts.</summary>
    public void Skip(uint durationSamples) => NextTimestamp = unchecked(NextTimestamp + durationSamples);
}

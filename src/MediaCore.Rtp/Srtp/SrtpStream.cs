namespace MediaCore.Rtp.Srtp;

/// <summary>What is known of one source under a key: how far it has come. The replay window lies in its <see cref="SrtpStreamTable"/>.</summary>
internal struct SrtpStream
{
    /// <summary>Synchronisation source.</summary>
    public uint Ssrc;

    /// <summary>With which of the successive keys <see cref="HighestIndex"/> was confirmed; an older one means that it is a guess from before the key changed.</summary>
    public int KeyNumber;

    /// <summary>The highest index taken: for RTP ROC × 2^16 + sequence number, for RTCP the index in the packet.</summary>
    public ulong HighestIndex;

    /// <summary>
    /// The index of a packet with this sequence number that is nearest to the highest one, RFC 3711 §3.3.1. Where that would be before the first index it is the number itself, a
    /// long step forward. 2^48 and more when the rollover counter has come to its end.
    /// </summary>
    public readonly ulong EstimateIndex(ushort sequenceNumber)
    {
        ulong roc = HighestIndex >> 16;
        int last = (int)(HighestIndex & 0xffff);
        if (last < 0x8000)
        {
            if (sequenceNumber - last > 0x8000 && roc > 0)
            {
                roc--;
            }
        }
        else if (last - 0x8000 > sequenceNumber)
        {
            roc++;
        }

        return (roc << 16) | sequenceNumber;
    }
}

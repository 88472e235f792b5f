using System.Buffers.Binary;

namespace MediaCore.Smpp.Pdus;

/// <summary>Where a PDU ends in a stream.</summary>
public enum FrameStatus
{
    /// <summary>It is whole.</summary>
    Complete,

    /// <summary>More has to come.</summary>
    NeedMoreData,

    /// <summary>It says that it is shorter than a header, or longer than may be: where the next one begins nobody can tell.</summary>
    Malformed,
}

/// <summary>Finds PDUs in a stream by their <c>command_length</c>, SMPP 3.4 §5.1.1.</summary>
public static class PduFrame
{
    /// <summary>Looks at the beginning of what has come.</summary>
    /// <param name="octets">What has come and was not taken yet.</param>
    /// <param name="length">Octets of the PDU, when it is whole.</param>
    public static FrameStatus Find(ReadOnlySpan<byte> octets, out int length)
    {
        length = 0;
        if (octets.Length < 4)
        {
            return FrameStatus.NeedMoreData;
        }

        uint said = BinaryPrimitives.ReadUInt32BigEndian(octets);
        if (said is < SmppLimits.HeaderOctets or > SmppLimits.MaxPduOctets)
        {
            return FrameStatus.Malformed;
        }

        length = (int)said;
        return octets.Length < length ? FrameStatus.NeedMoreData : FrameStatus.Complete;
    }
}

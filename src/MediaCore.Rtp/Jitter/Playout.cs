namespace MediaCore.Rtp.Jitter;

/// <summary>One instruction of a <see cref="JitterBuffer"/>. The spans are valid until the next call to the buffer.</summary>
public readonly ref struct Playout
{
    /// <summary>What to do.</summary>
    public PlayoutAction Action { get; init; }

    /// <summary>How long it lasts at its own speed, in units of the RTP clock. 0 for <see cref="PlayoutAction.Skip"/>.</summary>
    public int DurationUnits { get; init; }

    /// <summary>By how much to shorten or lengthen it at most, in units, never negative. A pitch period that comes near is right; what is left over is asked for again.</summary>
    public int AdjustUnits { get; init; }

    /// <summary>By how much it may be shortened or lengthened: more would have to be taken back with the next one. At least <see cref="AdjustUnits"/>.</summary>
    public int MostAdjustUnits { get; init; }

    /// <summary>The payload to decode; empty where there is none. Of <see cref="PlayoutAction.ComfortNoise"/>: the parameters, when they are new.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Payload type of <see cref="Payload"/> or <see cref="Following"/>.</summary>
    public byte PayloadType { get; init; }

    /// <summary>
    /// For <see cref="PlayoutAction.Conceal"/>: the payload of the packet right after the missing one, when it is there, for codecs that repeat a frame in the next packet.
    /// </summary>
    public ReadOnlySpan<byte> Following { get; init; }

    /// <summary>Sequence number of the packet, or of the missing one.</summary>
    public ushort SequenceNumber { get; init; }

    /// <summary>RTP timestamp of the first sample.</summary>
    public uint Timestamp { get; init; }
}

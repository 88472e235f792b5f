namespace MediaCore.Audio.Opus;

/// <summary>
/// What the headers of an Opus packet say (RFC 6716 §3), read by our own code without decoding anything. Whatever the bytes are, nothing throws, and what is malformed (§3.4) says so.
/// </summary>
public readonly struct OpusPacket
{
    private const int BytesOfShortLength = 252;

    private OpusPacket(byte toc, int frameCount, int paddingBytes, int firstFrame, bool hasRedundancy)
    {
        Toc = toc;
        FrameCount = frameCount;
        PaddingBytes = paddingBytes;
        FirstFrameOffset = firstFrame;
        HasRedundancy = hasRedundancy;
    }

    /// <summary>The first byte (§3.1).</summary>
    public byte Toc { get; }

    /// <summary>Configuration, 0 to 31: mode, bandwidth and frame length.</summary>
    public int Configuration => Toc >> 3;

    /// <summary>Channels that were coded, 1 or 2.</summary>
    public int Channels => (Toc & 4) == 0 ? 1 : 2;

    /// <summary>Frames, 1 to 48.</summary>
    public int FrameCount { get; }

    /// <summary>Padding bytes at the end (§3.2.5).</summary>
    public int PaddingBytes { get; }

    /// <summary>Where the first frame begins.</summary>
    public int FirstFrameOffset { get; }

    /// <summary>Whether the packet repeats the one before it at a lower rate (§2.1.7): LBRR flags, the bits after the voice activity of the first frame (§4.2.3, §4.2.4).</summary>
    public bool HasRedundancy { get; }

    /// <summary>What coded it.</summary>
    public OpusMode Mode => ModeOf(Configuration);

    /// <summary>Its audio bandwidth.</summary>
    public OpusBandwidth Bandwidth => Configuration switch
    {
        < 12 => OpusBandwidth.Narrow + (Configuration >> 2),
        < 14 => OpusBandwidth.SuperWide,
        < 16 => OpusBandwidth.Full,
        < 20 => OpusBandwidth.Narrow,
        _ => OpusBandwidth.Wide + ((Configuration - 20) >> 2),
    };

    /// <summary>Samples of a frame at 48 kHz, which are units of the RTP clock too.</summary>
    public int FrameUnits => UnitsOf(Configuration);

    /// <summary>Samples of the packet at 48 kHz, at most 5760.</summary>
    public int Units => FrameUnits * FrameCount;

    /// <summary>Samples of the packet per channel at this rate.</summary>
    public int SamplesAt(int sampleRateHz) => Units / (48_000 / sampleRateHz);

    /// <summary>Reads the headers of a payload.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out OpusPacket packet, out OpusPacketError error)
    {
        error = Read(payload, [], out packet);
        return error == OpusPacketError.None;
    }

    /// <summary>Reads the headers and where the frames are, as many as fit into <paramref name="frames"/>; <see cref="OpusLimits.MaxFrames"/> always do.</summary>
    public static bool TryReadFrames(ReadOnlySpan<byte> payload, Span<Range> frames, out OpusPacket packet) => Read(payload, frames, out packet) == OpusPacketError.None;

    private static OpusMode ModeOf(int configuration) => configuration < 12 ? OpusMode.Silk : configuration < 16 ? OpusMode.Hybrid : OpusMode.Celt;

    private static int UnitsOf(int configuration) => ModeOf(configuration) switch
    {
        OpusMode.Silk => (configuration & 3) == 3 ? 2880 : 480 << (configuration & 3),
        OpusMode.Hybrid => 480 << (configuration & 1),
        _ => 120 << (configuration & 3),
    };

    private static OpusPacketError Read(ReadOnlySpan<byte> payload, Span<Range> frames, out OpusPacket packet)
    {
        packet = default;
        if (payload.Length is 0 or > OpusLimits.MaxPayloadBytes)
        {
            return payload.IsEmpty ? OpusPacketError.Empty : OpusPacketError.TooLong;
        }

        byte toc = payload[0];
        int offset = 1;
        int padding = 0;
        int count = (toc & 3) == 0 ? 1 : 2;
        bool explicitLengths = (toc & 3) == 2;
        if ((toc & 3) == 3)
        {
            OpusPacketError error = ReadCount(payload, UnitsOf(toc >> 3), ref offset, out count, out padding, out explicitLengths);
            if (error != OpusPacketError.None)
            {
                return error;
            }
        }

        Span<int> lengths = stackalloc int[OpusLimits.MaxFrames];
        lengths = lengths[..count];
        OpusPacketError failure = ReadLengths(payload[..^padding], explicitLengths, ref offset, lengths);
        if (failure != OpusPacketError.None)
        {
            return failure;
        }

        int at = offset;
        for (int i = 0; i < Math.Min(count, frames.Length); i++)
        {
            frames[i] = at..(at + lengths[i]);
            at += lengths[i];
        }

        packet = new OpusPacket(toc, count, padding, offset, ReadRedundancy(toc, payload.Slice(offset, lengths[0])));
        return OpusPacketError.None;
    }

    /// <summary>The second byte of code 3 and the padding's length (§3.2.5).</summary>
    private static OpusPacketError ReadCount(ReadOnlySpan<byte> payload, int frameUnits, ref int offset, out int count, out int padding, out bool explicitLengths)
    {
        padding = 0;
        count = payload.Length < 2 ? 0 : payload[1] & 0x3f;
        explicitLengths = count > 0 && (payload[1] & 0x80) != 0;
        if (count == 0 || count * frameUnits > OpusLimits.MaxPacketSamples)
        {
            return OpusPacketError.FrameCount;
        }

        offset = 2;
        if ((payload[1] & 0x40) == 0)
        {
            return OpusPacketError.None;
        }

        byte more;
        do
        {
            if (offset == payload.Length)
            {
                return OpusPacketError.Padding;
            }

            // 255 stands for 254 bytes and another length byte.
            more = payload[offset++];
            padding += more == 255 ? 254 : more;
        }
        while (more == 255);
        return padding > payload.Length - offset ? OpusPacketError.Padding : OpusPacketError.None;
    }

    private static OpusPacketError ReadLengths(ReadOnlySpan<byte> packet, bool explicitLengths, ref int offset, Span<int> lengths)
    {
        if (!explicitLengths)
        {
            int all = packet.Length - offset;
            lengths.Fill(all / lengths.Length);
            return all % lengths.Length != 0 ? OpusPacketError.UnevenFrames : lengths[0] > OpusLimits.MaxFrameBytes ? OpusPacketError.FrameTooLong : OpusPacketError.None;
        }

        int sum = 0;
        for (int i = 0; i < lengths.Length - 1; i++)
        {
            int left = packet.Length - offset;
            if (left == 0 || (packet[offset] >= BytesOfShortLength && left == 1))
            {
                return OpusPacketError.FrameLength;
            }

            lengths[i] = packet[offset++];
            if (lengths[i] >= BytesOfShortLength)
            {
                lengths[i] += 4 * packet[offset++];
            }

            sum += lengths[i];
        }

        lengths[^1] = packet.Length - offset - sum;
        return lengths[^1] < 0 ? OpusPacketError.FrameLength : lengths[^1] > OpusLimits.MaxFrameBytes ? OpusPacketError.FrameTooLong : OpusPacketError.None;
    }

    private static bool ReadRedundancy(byte toc, ReadOnlySpan<byte> frame)
    {
        if (frame.IsEmpty || ModeOf(toc >> 3) == OpusMode.Celt)
        {
            return false;
        }

        // One flag of activity for every 20 ms of a channel, then the flag that we want; a second channel has the same again. They are the first bits, of probability one half each.
        int activity = Math.Max(1, UnitsOf(toc >> 3) / 960);
        bool found = ((frame[0] >> (7 - activity)) & 1) != 0;
        return found || ((toc & 4) != 0 && ((frame[0] >> (6 - (2 * activity))) & 1) != 0);
    }
}

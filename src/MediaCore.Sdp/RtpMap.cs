namespace MediaCore.Sdp;

/// <summary>What a payload type means: an <c>a=rtpmap</c> line (RFC 8866 §6.6) or the static assignment of RFC 3551 §6.</summary>
public readonly ref struct RtpMap
{
    /// <summary>From its parts.</summary>
    public RtpMap(ReadOnlySpan<byte> encodingName, uint clockRateHz, byte channels)
    {
        EncodingName = encodingName;
        ClockRateHz = clockRateHz;
        Channels = channels;
    }

    /// <summary>The media subtype name, such as <c>PCMU</c>; compared without case. Valid as long as the description's buffer.</summary>
    public ReadOnlySpan<byte> EncodingName { get; }

    /// <summary>Rate of the RTP timestamp in Hz, which for G722 (8000) is not the sampling rate.</summary>
    public uint ClockRateHz { get; }

    /// <summary>Audio channels; 1 where none are given.</summary>
    public byte Channels { get; }

    /// <summary>The assignment of a static payload type (RFC 3551 §6, tables 4 and 5); false where it has none.</summary>
    public static bool TryGetStatic(byte payloadType, out RtpMap map)
    {
        map = payloadType switch
        {
            0 => new RtpMap("PCMU"u8, 8_000, 1),
            3 => new RtpMap("GSM"u8, 8_000, 1),
            4 => new RtpMap("G723"u8, 8_000, 1),
            5 => new RtpMap("DVI4"u8, 8_000, 1),
            6 => new RtpMap("DVI4"u8, 16_000, 1),
            7 => new RtpMap("LPC"u8, 8_000, 1),
            8 => new RtpMap("PCMA"u8, 8_000, 1),
            9 => new RtpMap("G722"u8, 8_000, 1),
            10 => new RtpMap("L16"u8, 44_100, 2),
            11 => new RtpMap("L16"u8, 44_100, 1),
            12 => new RtpMap("QCELP"u8, 8_000, 1),
            13 => new RtpMap("CN"u8, 8_000, 1),
            14 => new RtpMap("MPA"u8, 90_000, 1),
            15 => new RtpMap("G728"u8, 8_000, 1),
            16 => new RtpMap("DVI4"u8, 11_025, 1),
            17 => new RtpMap("DVI4"u8, 22_050, 1),
            18 => new RtpMap("G729"u8, 8_000, 1),
            25 => new RtpMap("CelB"u8, 90_000, 1),
            26 => new RtpMap("JPEG"u8, 90_000, 1),
            28 => new RtpMap("nv"u8, 90_000, 1),
            31 => new RtpMap("H261"u8, 90_000, 1),
            32 => new RtpMap("MPV"u8, 90_000, 1),
            33 => new RtpMap("MP2T"u8, 90_000, 1),
            34 => new RtpMap("H263"u8, 90_000, 1),
            _ => default,
        };
        return map.ClockRateHz != 0;
    }
}

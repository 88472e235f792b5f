namespace MediaCore.Rtp.Packets;

/// <summary>The payload types whose meaning needs no SDP and that this server handles, RFC 3551 §6 table 4.</summary>
public static class StaticPayloadTypes
{
    /// <summary>G.711 µ-law, 8000 Hz.</summary>
    public const byte Pcmu = 0;

    /// <summary>G.711 A-law, 8000 Hz.</summary>
    public const byte Pcma = 8;

    /// <summary>G.722; its RTP clock is 8000 Hz although it samples at 16 kHz (RFC 3551 §4.5.2).</summary>
    public const byte G722 = 9;

    /// <summary>Comfort noise, RFC 3389.</summary>
    public const byte ComfortNoise = 13;

    /// <summary>First payload type that means what SDP says.</summary>
    public const byte FirstDynamic = 96;

    /// <summary>Last payload type that means what SDP says.</summary>
    public const byte LastDynamic = 127;

    /// <summary>The RTP clock of a static audio payload type in Hz, or 0 when only SDP can tell.</summary>
    public static int ClockRateHz(byte payloadType) => payloadType switch
    {
        0 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 13 or 15 or 18 => 8000,
        6 => 16000,
        10 or 11 => 44100,
        14 => 90000,
        16 => 11025,
        17 => 22050,
        _ => 0,
    };
}

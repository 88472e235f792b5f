namespace MediaCore.Audio.Opus;

/// <summary>Bounds on what a packet may hold.</summary>
public static class OpusLimits
{
    /// <summary>Longest frame in bytes (RFC 6716 §3.2.1).</summary>
    public const int MaxFrameBytes = 1275;

    /// <summary>Most frames in a packet (RFC 6716 §3.2.5): 48 of 2.5 ms.</summary>
    public const int MaxFrames = 48;

    /// <summary>Longest packet in samples at 48 kHz: 120 ms (RFC 6716 §2.1.4).</summary>
    public const int MaxPacketSamples = 5760;

    /// <summary>Longest payload looked at, in bytes: 48 frames of the longest each would be 60 kB, which nobody sends; 120 ms at Opus' highest rate of 510 kbit/s are 7,650, and this is the next power of two.</summary>
    public const int MaxPayloadBytes = 8192;

    /// <summary>Least room for an encoder's output in bytes: what a frame of 20 ms at any usual rate and its headers need.</summary>
    public const int MinOutputBytes = 16;
}

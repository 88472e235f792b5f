namespace MediaCore.Audio.Opus;

/// <summary>Why a payload is no Opus packet: the rules of RFC 6716 §3.4, and our bound.</summary>
public enum OpusPacketError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>No byte (R1).</summary>
    Empty,

    /// <summary>Longer than <see cref="OpusLimits.MaxPayloadBytes"/>.</summary>
    TooLong,

    /// <summary>A frame longer than 1275 bytes (R2).</summary>
    FrameTooLong,

    /// <summary>Frames of equal length do not share out the bytes (R3, R6).</summary>
    UnevenFrames,

    /// <summary>A frame length is cut off or larger than what is left (R4, R7).</summary>
    FrameLength,

    /// <summary>No frame, no frame count, or more than 120 ms (R5).</summary>
    FrameCount,

    /// <summary>More padding than packet (R6, R7).</summary>
    Padding,
}

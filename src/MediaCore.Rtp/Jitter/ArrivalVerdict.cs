namespace MediaCore.Rtp.Jitter;

/// <summary>What became of a packet that was put into the buffer.</summary>
public enum ArrivalVerdict
{
    /// <summary>It waits for its time.</summary>
    Queued,

    /// <summary>Its sequence number is there already, or was played.</summary>
    Duplicate,

    /// <summary>Its time is over.</summary>
    Late,

    /// <summary>Its payload is larger than <see cref="JitterBufferOptions.MaxPayloadBytes"/>, or its duration is 0 or over <see cref="JitterBufferLimits.MaxPacketMilliseconds"/>.</summary>
    Unusable,

    /// <summary>It does not continue the stream. The next one that continues this one restarts the stream there.</summary>
    OutOfStream,
}

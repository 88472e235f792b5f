namespace MediaCore.Rtp.Jitter;

/// <summary>How a <see cref="JitterBuffer"/> weighs delay against loss. Values out of range are brought to the nearest bound.</summary>
public sealed record JitterBufferOptions
{
    /// <summary>The defaults at 8 kHz.</summary>
    public static readonly JitterBufferOptions Default = new();

    /// <summary>RTP clock of the audio payload types, in Hz: 8000 for G.711 and also for G.722 (RFC 3551 §4.5.2), 48000 for Opus. 1000 to 192000.</summary>
    public int ClockRateHz { get; init; } = 8000;

    /// <summary>Smallest delay over the fastest packet, 0 to <see cref="JitterBufferLimits.MaxDelayMilliseconds"/>.</summary>
    public int MinDelayMilliseconds { get; init; }

    /// <summary>Largest delay over the fastest packet; packets that need more are late. Default 400 ms, the end of what ITU-T G.114 accepts for planning.</summary>
    public int MaxDelayMilliseconds { get; init; } = 400;

    /// <summary>Delay of a new stream, until its own packets say how much it needs. Default 40 ms.</summary>
    public int InitialDelayMilliseconds { get; init; } = 40;

    /// <summary>
    /// Milliseconds of delay that a late loss of one percent is worth. The target is where more delay would save less loss than that, which is why a quiet network gets a
    /// small delay at almost no loss and a rough one pays for both. Default 20; 1 to 1000.
    /// </summary>
    public int DelayPerLossPercentMilliseconds { get; init; } = 20;

    /// <summary>
    /// Payload that there is room for from the beginning, in bytes; the buffer holds <see cref="JitterBufferLimits.MaxPackets"/> of them. The first larger one makes room for as many of <see cref="MaxPayloadBytes"/>, which then stays.
    /// Default 640: 80 ms of G.711 or G.722, 20 ms of L16 at 16 kHz or of Opus at 256 kbit/s.
    /// </summary>
    public int UsualPayloadBytes { get; init; } = 640;

    /// <summary>Largest payload kept, in bytes; larger ones are <see cref="ArrivalVerdict.Unusable"/>. Default and most <see cref="JitterBufferLimits.MaxPayloadBytes"/>.</summary>
    public int MaxPayloadBytes { get; init; } = JitterBufferLimits.MaxPayloadBytes;

    /// <summary>
    /// Whether the caller can play a packet of speech a little shorter or longer (<see cref="PlayoutAction.Compress"/>, <see cref="PlayoutAction.Stretch"/>). Without it
    /// the delay changes in silence and by whole packets only.
    /// </summary>
    public bool TimeScaling { get; init; } = true;
}

namespace MediaCore.Rtp.Jitter;

/// <summary>Bounds of <see cref="JitterBuffer"/>.</summary>
public static class JitterBufferLimits
{
    /// <summary>
    /// Packets held: 2.56 s at 50 packets per second, 1.28 s at 100, which is more than <see cref="MaxDelayMilliseconds"/> at every packet time in use. When a packet
    /// comes that is further ahead, the oldest ones are given up and counted. A power of two.
    /// </summary>
    public const int MaxPackets = 128;

    /// <summary>Largest delay that a configuration may ask for. Conversation is impossible long before (ITU-T G.114: 400 ms); rtpengine has the same cap.</summary>
    public const int MaxDelayMilliseconds = 1000;

    /// <summary>
    /// Largest step of the relative delay within one stream: what a conversation can be delayed by. More is a sender whose timestamps restarted or stood still during a pause.
    /// </summary>
    public const int MaxDelayStepMilliseconds = 1000;

    /// <summary>Longest packet: 120 ms is what Opus can carry at most (RFC 6716 §2.1.4), and 200 ms covers G.711 senders with odd packet times.</summary>
    public const int MaxPacketMilliseconds = 200;

    /// <summary>
    /// Largest payload that <see cref="JitterBufferOptions.MaxPayloadBytes"/> may ask for: 200 ms of G.711 or G.722 (RFC 3551 §4.2), 50 ms of L16 at 16 kHz, and more than fits into an Ethernet frame.
    /// </summary>
    public const int MaxPayloadBytes = 1600;

    /// <summary>Largest forward step of the sequence number that is loss, RFC 3550 §A.1 (MAX_DROPOUT).</summary>
    public const int MaxDropoutPackets = 3000;

    /// <summary>Largest backward step that is reordering, RFC 3550 §A.1 (MAX_MISORDER).</summary>
    public const int MaxMisorderPackets = 100;

    /// <summary>Length of an <see cref="PlayoutAction.Expand"/>: the frame of ITU-T G.711 Appendix I, so that a packet that comes late is not kept waiting for longer.</summary>
    public const int ExpandMilliseconds = 10;
}

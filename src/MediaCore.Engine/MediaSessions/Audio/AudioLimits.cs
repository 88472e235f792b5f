namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Bounds of the media graph.</summary>
internal static class AudioLimits
{
    /// <summary>Sound of one frame of the graph: the packet time that nearly every device uses (RFC 3551 §4.2).</summary>
    public const int FrameMilliseconds = 20;

    /// <summary>Frames per second.</summary>
    public const int FramesPerSecond = 1000 / FrameMilliseconds;

    /// <summary>Highest rate of a session.</summary>
    public const int MaxSampleRateHz = 48_000;

    /// <summary>Samples of the longest frame.</summary>
    public const int MaxFrameSamples = MaxSampleRateHz / FramesPerSecond;

    /// <summary>Longest packet that is written in ms: beyond it a lost packet is heard as a gap.</summary>
    public const int MaxPacketMilliseconds = 60;

    /// <summary>Taps on each of what a party says and hears: a recorder, a detector of digits, one of voices and a stream, and as many again.</summary>
    public const int MaxTaps = 8;

    /// <summary>Interjections of one party, the one that is heard among them: its digits, which have a queue of their own, and as many beeps as recordings may begin at once.</summary>
    public const int MaxInterjections = 4;

    /// <summary>Payload types of one party that can be decoded at a time; a peer that uses more than that in turns has the oldest decoder made anew.</summary>
    public const int MaxDecoders = 4;

    /// <summary>How long a peer may send nothing, in frames, until we stop sending silence in its place: half a second, after which no jitter buffer expects it any more.</summary>
    public const int MaxStarvedFrames = 25;

    /// <summary>Frames without a packet that count as concealed; concealment itself is silent after 60 ms, and a peer that says nothing for longer has stopped.</summary>
    public const int MaxConcealedFrames = 4;

    /// <summary>Ticks that are made up for after a stall of the shard, as a prompt's packets are: 200 ms.</summary>
    public const int MaxCatchUpTicks = 10;
}

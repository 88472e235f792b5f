namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Counters of one shard's media graph: written by the shard alone, read by the metrics thread.</summary>
internal sealed class AudioStatistics
{
    /// <summary>Parties whose sound is decoded or made here.</summary>
    public long Parties;

    /// <summary>Sessions that transcode now.</summary>
    public long Transcoding;

    /// <summary>Times that a session began to transcode.</summary>
    public long TranscodingStarted;

    /// <summary>Payloads that could not be decoded, and were concealed.</summary>
    public long DecodeErrors;

    /// <summary>Packets of a payload type that was not negotiated.</summary>
    public long UnknownPayloads;

    /// <summary>Milliseconds decoded or filled.</summary>
    public long PlayedMilliseconds;

    /// <summary>Milliseconds of them that were concealed.</summary>
    public long ConcealedMilliseconds;

    /// <summary>Frames encoded.</summary>
    public long EncodedFrames;

    /// <summary>Packets of comfort noise sent in place of sound.</summary>
    public long NoisePackets;

    /// <summary>Sum of the jitter buffers' target delays at each frame read, in ms; with <see cref="ReadFrames"/> the mean delay.</summary>
    public long DelayMilliseconds;

    /// <summary>Frames read from jitter buffers.</summary>
    public long ReadFrames;
}

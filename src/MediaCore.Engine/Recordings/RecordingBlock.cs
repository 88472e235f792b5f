namespace MediaCore.Engine.Recordings;

/// <summary>Up to 200 ms of a recording on their way from its shard to the writer. Pooled.</summary>
internal sealed class RecordingBlock
{
    /// <summary>Interleaved samples, room for <see cref="RecordingLimits.BlockSamples"/>.</summary>
    public short[] Samples { get; } = new short[RecordingLimits.BlockSamples];

    /// <summary>Number of its first frame in the recording.</summary>
    public long FirstFrame { get; set; }

    /// <summary>Frames of 20 ms in it.</summary>
    public int Frames { get; set; }
}

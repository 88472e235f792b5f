namespace MediaCore.Audio.Codecs;

/// <summary>Samples to payloads, one stream. Allocates nothing after construction. Owned by its shard.</summary>
public interface IAudioEncoder : IDisposable
{
    /// <summary>Samples per second and channel.</summary>
    int SampleRateHz { get; }

    /// <summary>Interleaved channels.</summary>
    int Channels { get; }

    /// <summary>Samples per channel that <see cref="Encode"/> takes.</summary>
    int FrameSamples { get; }

    /// <summary>Encodes a frame of <see cref="FrameSamples"/>.</summary>
    /// <returns>Bytes; 0 when nothing is to be sent for this time.</returns>
    int Encode(ReadOnlySpan<short> samples, Span<byte> payload);

    /// <summary>Forgets what was encoded, for another stream.</summary>
    void Reset();
}

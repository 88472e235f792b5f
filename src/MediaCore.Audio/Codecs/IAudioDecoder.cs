namespace MediaCore.Audio.Codecs;

/// <summary>
/// Payloads to samples, one stream, as a jitter buffer asks for them: <see cref="TryDecode"/> for a packet that came, <see cref="Conceal"/> for one that did not. Allocates nothing after construction. Owned by its shard.
/// </summary>
public interface IAudioDecoder : IDisposable
{
    /// <summary>Samples per second and channel.</summary>
    int SampleRateHz { get; }

    /// <summary>Interleaved channels.</summary>
    int Channels { get; }

    /// <summary>By how many samples the output is later than the payload, so that sound before a loss can still be blended.</summary>
    int DelaySamples { get; }

    /// <summary>Decodes a payload; false when it is malformed or longer than <paramref name="samples"/>, and then nothing has changed and the time is to be concealed. Never throws.</summary>
    /// <param name="payload">From the wire.</param>
    /// <param name="samples">Interleaved.</param>
    /// <param name="samplesPerChannel">How many were written for each channel.</param>
    bool TryDecode(ReadOnlySpan<byte> payload, Span<short> samples, out int samplesPerChannel);

    /// <summary>Fills time that no packet came for.</summary>
    /// <param name="samples">All of it is filled.</param>
    /// <param name="following">The payload right after the missing one where it is there, else empty: for codecs that repeat a frame in the next packet. It is decoded afterwards as ever.</param>
    void Conceal(Span<short> samples, ReadOnlySpan<byte> following);

    /// <summary>Forgets what was decoded, for another stream.</summary>
    void Reset();
}

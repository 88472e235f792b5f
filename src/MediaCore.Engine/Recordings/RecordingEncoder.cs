using System.Buffers;

namespace MediaCore.Engine.Recordings;

/// <summary>Samples to the bytes of a file, in <see cref="Output"/>, which its owner writes out and clears. Owned by a writer's thread.</summary>
internal abstract class RecordingEncoder(int sampleRateHz, int channels) : IDisposable
{
    /// <summary>Samples per second and channel.</summary>
    public int SampleRateHz => sampleRateHz;

    /// <summary>Interleaved channels.</summary>
    public int Channels => channels;

    /// <summary>Samples of one channel in a frame of 20 ms.</summary>
    public int FrameSamples => sampleRateHz / 50;

    /// <summary>What has to be appended to the file.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(16_384);

    /// <summary>Ending of the file's name.</summary>
    public abstract string Extension { get; }

    /// <summary>An encoder for these terms.</summary>
    public static RecordingEncoder Create(in RecordingTerms terms, int sampleRateHz, int opusBitrate) => terms.Format == RecordingFormat.Opus
        ? new OpusRecordingEncoder(sampleRateHz, terms.Channels, opusBitrate)
        : new WaveRecordingEncoder(terms.Format, sampleRateHz, terms.Channels);

    /// <summary>Whole frames of 20 ms.</summary>
    public abstract void Write(ReadOnlySpan<short> interleaved);

    /// <summary>Frames of silence, as many as are cheap to make at once.</summary>
    /// <returns>How many were made.</returns>
    public abstract int WriteSilence(long frames);

    /// <summary>The end: what is missing to so many samples of a channel is silence.</summary>
    public abstract void Finish(long samples);

    /// <summary>What stands at the beginning of the file now; empty when it never changes.</summary>
    /// <param name="fileBytes">Bytes of the file so far.</param>
    public abstract ReadOnlySpan<byte> Head(long fileBytes);

    /// <summary>Lets go of the codec.</summary>
    public virtual void Dispose()
    {
    }
}

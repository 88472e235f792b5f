using MediaCore.Audio.G711;
using MediaCore.Audio.G722;
using MediaCore.Audio.L16;

namespace MediaCore.Audio.Codecs;

/// <summary>G.711, G.722 or L16, encoding one channel.</summary>
public sealed class WaveformEncoder : IAudioEncoder
{
    private readonly WaveformCoding _coding;
    private readonly G722Encoder? _g722;

    /// <summary>An encoder of frames of 20 ms unless said otherwise.</summary>
    public WaveformEncoder(WaveformCoding coding, int sampleRateHz, int frameMilliseconds = 20)
    {
        _coding = coding;
        _g722 = coding == WaveformCoding.G722 ? new G722Encoder() : null;
        SampleRateHz = sampleRateHz;
        FrameSamples = sampleRateHz / 1000 * frameMilliseconds;
    }

    /// <inheritdoc/>
    public int SampleRateHz { get; }

    /// <inheritdoc/>
    public int Channels => 1;

    /// <inheritdoc/>
    public int FrameSamples { get; }

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload) => _coding switch
    {
        WaveformCoding.Pcmu => Pcmu.Encode(samples, payload),
        WaveformCoding.Pcma => Pcma.Encode(samples, payload),
        WaveformCoding.L16 => L16Samples.Encode(samples, payload),
        _ => _g722!.Encode(samples, payload),
    };

    /// <inheritdoc/>
    public void Reset() => _g722?.Reset();

    /// <summary>Nothing to give back.</summary>
    public void Dispose()
    {
    }
}

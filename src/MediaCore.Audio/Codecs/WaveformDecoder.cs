using MediaCore.Audio.Concealment;
using MediaCore.Audio.G711;
using MediaCore.Audio.G722;
using MediaCore.Audio.L16;

namespace MediaCore.Audio.Codecs;

/// <summary>G.711, G.722 or L16, decoding one channel at 8 or 16 kHz, with <see cref="LossConcealer"/> behind it: the output is later by its delay.</summary>
public sealed class WaveformDecoder : IAudioDecoder
{
    private readonly WaveformCoding _coding;
    private readonly G722Decoder? _g722;
    private readonly LossConcealer _concealer;

    /// <summary>A decoder at 8000 or 16000 samples per second; G.722 is always at 16000.</summary>
    public WaveformDecoder(WaveformCoding coding, int sampleRateHz)
    {
        _coding = coding;
        _g722 = coding == WaveformCoding.G722 ? new G722Decoder() : null;
        _concealer = new LossConcealer(sampleRateHz);
        SampleRateHz = sampleRateHz;
    }

    /// <inheritdoc/>
    public int SampleRateHz { get; }

    /// <inheritdoc/>
    public int Channels => 1;

    /// <inheritdoc/>
    public int DelaySamples => _concealer.DelaySamples;

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> payload, Span<short> samples, out int samplesPerChannel)
    {
        samplesPerChannel = _coding switch { WaveformCoding.G722 => 2 * payload.Length, WaveformCoding.L16 => payload.Length / 2, _ => payload.Length };
        if (payload.IsEmpty || samplesPerChannel > samples.Length || (_coding == WaveformCoding.L16 && payload.Length % 2 != 0))
        {
            samplesPerChannel = 0;
            return false;
        }

        Span<short> frame = samples[..samplesPerChannel];
        _ = _coding switch
        {
            WaveformCoding.Pcmu => Pcmu.Decode(payload, frame),
            WaveformCoding.Pcma => Pcma.Decode(payload, frame),
            WaveformCoding.L16 => L16Samples.Decode(payload, frame),
            _ => _g722!.Decode(payload, frame),
        };
        _concealer.Receive(frame);
        return true;
    }

    /// <inheritdoc/>
    public void Conceal(Span<short> samples, ReadOnlySpan<byte> following) => _concealer.Conceal(samples);

    /// <inheritdoc/>
    public void Reset()
    {
        _g722?.Reset();
        _concealer.Reset();
    }

    /// <summary>Nothing to give back.</summary>
    public void Dispose()
    {
    }
}

using System.Text;
using MediaCore.Audio.Opus;

namespace MediaCore.Audio.Codecs;

/// <summary>
/// What a codec is called in SDP, what its RTP clock and its samples run at, and how to make its two halves: what a transcoder is built on. Every codec that this project can turn into samples is one of <see cref="All"/>.
/// </summary>
public sealed class CodecDescriptor
{
    private readonly WaveformCoding? _waveform;

    private CodecDescriptor(string encodingName, int rtpClockHz, int sampleRateHz, int rtpChannels, WaveformCoding? waveform)
    {
        EncodingName = encodingName;
        RtpClockHz = rtpClockHz;
        SampleRateHz = sampleRateHz;
        RtpChannels = rtpChannels;
        _waveform = waveform;
    }

    /// <summary>G.711 µ-law.</summary>
    public static CodecDescriptor Pcmu { get; } = new("PCMU", 8000, 8000, 1, WaveformCoding.Pcmu);

    /// <summary>G.711 A-law.</summary>
    public static CodecDescriptor Pcma { get; } = new("PCMA", 8000, 8000, 1, WaveformCoding.Pcma);

    /// <summary>G.722: samples at 16 kHz, an RTP clock of 8 kHz (RFC 3551 §4.5.2).</summary>
    public static CodecDescriptor G722 { get; } = new("G722", 8000, 16_000, 1, WaveformCoding.G722);

    /// <summary>Uncompressed at 8 kHz.</summary>
    public static CodecDescriptor L16At8000 { get; } = new("L16", 8000, 8000, 1, WaveformCoding.L16);

    /// <summary>Uncompressed at 16 kHz.</summary>
    public static CodecDescriptor L16At16000 { get; } = new("L16", 16_000, 16_000, 1, WaveformCoding.L16);

    /// <summary>Opus (RFC 7587): an RTP clock of 48 kHz and <c>/2</c> in SDP whatever is coded. Here it is one channel at 48 kHz; <see cref="CreateDecoder"/> makes any rate.</summary>
    public static CodecDescriptor Opus { get; } = new("opus", OpusParameters.RtpClockHz, 48_000, 2, null);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CodecDescriptor> All => s_all;

    // An array: it is searched where a peer changes its codec amid a stream, and an interface's enumerator is an object.
    private static readonly CodecDescriptor[] s_all = [Opus, G722, Pcmu, Pcma, L16At8000, L16At16000];

    /// <summary>Name in <c>a=rtpmap</c>, compared without case.</summary>
    public string EncodingName { get; }

    /// <summary>Rate of RTP timestamps in Hz.</summary>
    public int RtpClockHz { get; }

    /// <summary>Samples per second that the codec has by itself.</summary>
    public int SampleRateHz { get; }

    /// <summary>Channels in <c>a=rtpmap</c>.</summary>
    public int RtpChannels { get; }

    /// <summary>Whether this machine can code it: Opus needs libopus.</summary>
    public bool IsAvailable => _waveform is not null || OpusLibrary.IsAvailable;

    /// <summary>The codec of an <c>a=rtpmap</c>, or null.</summary>
    public static CodecDescriptor? Find(ReadOnlySpan<byte> encodingName, int rtpClockHz, int rtpChannels)
    {
        foreach (CodecDescriptor codec in s_all)
        {
            if (codec.RtpClockHz == rtpClockHz && codec.RtpChannels == rtpChannels && Ascii.EqualsIgnoreCase(encodingName, codec.EncodingName))
            {
                return codec;
            }
        }

        return null;
    }

    /// <summary>Samples per channel of a decoder at a rate, for a duration in units of the RTP clock.</summary>
    public int ToSamples(int units, int sampleRateHz) => (int)((long)units * sampleRateHz / RtpClockHz);

    /// <summary>Units of the RTP clock for samples per channel at a rate.</summary>
    public int ToUnits(int samples, int sampleRateHz) => (int)((long)samples * RtpClockHz / sampleRateHz);

    /// <summary>A decoder of one channel.</summary>
    /// <param name="sampleRateHz">For Opus, which decodes to any of its rates, what the other side of a transcoder has; 0 for <see cref="SampleRateHz"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The codec does not have this rate.</exception>
    /// <exception cref="InvalidOperationException">libopus is missing.</exception>
    public IAudioDecoder CreateDecoder(int sampleRateHz = 0) =>
        _waveform is { } waveform ? new WaveformDecoder(waveform, OwnRate(sampleRateHz)) : new OpusDecoder(sampleRateHz == 0 ? SampleRateHz : sampleRateHz);

    /// <summary>An encoder of one channel, packets of 20 ms unless said otherwise. Opus has options beyond these: <see cref="OpusEncoderOptions"/>.</summary>
    /// <param name="sampleRateHz">0 for <see cref="SampleRateHz"/>.</param>
    /// <param name="packetMilliseconds">Sound in a packet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The codec does not have this rate or packet time.</exception>
    /// <exception cref="InvalidOperationException">libopus is missing.</exception>
    public IAudioEncoder CreateEncoder(int sampleRateHz = 0, int packetMilliseconds = 20) => _waveform is { } waveform
        ? new WaveformEncoder(waveform, OwnRate(sampleRateHz), packetMilliseconds)
        : new OpusEncoder(new OpusEncoderOptions { SampleRateHz = sampleRateHz == 0 ? SampleRateHz : sampleRateHz, PacketMilliseconds = packetMilliseconds });

    private int OwnRate(int sampleRateHz) =>
        sampleRateHz == 0 || sampleRateHz == SampleRateHz ? SampleRateHz : throw new ArgumentOutOfRangeException(nameof(sampleRateHz), sampleRateHz, $"{EncodingName} is at {SampleRateHz}.");
}

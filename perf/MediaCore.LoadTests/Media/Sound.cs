using MediaCore.Audio.Codecs;
using MediaCore.Audio.Tones;

namespace MediaCore.LoadTests.Media;

/// <summary>A second of a tone, encoded once and sent again and again by all streams.</summary>
internal sealed class Sound
{
    public const int FramesPerSecond = 50;

    private readonly byte[][] _payloads = new byte[FramesPerSecond][];

    public Sound(CodecDescriptor codec, double hertz)
    {
        // The second begins after two others, so that a codec with a memory has settled and its end goes well with its beginning.
        using IAudioEncoder encoder = codec.CreateEncoder();
        ToneGenerator tone = new(new Tone(new ToneSegment(60_000, hertz)), encoder.SampleRateHz);
        short[] samples = new short[encoder.FrameSamples];
        byte[] payload = new byte[1500];
        for (int i = 0; i < 3 * FramesPerSecond; i++)
        {
            tone.Generate(samples);
            int length = encoder.Encode(samples, payload);
            _payloads[i % FramesPerSecond] = payload[..length];
        }
    }

    /// <summary>The payload of a frame.</summary>
    public ReadOnlySpan<byte> GetPayload(int frame) => _payloads[frame % FramesPerSecond];
}

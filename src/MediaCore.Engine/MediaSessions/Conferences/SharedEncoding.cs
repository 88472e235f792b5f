using MediaCore.Audio.Codecs;
using MediaCore.Audio.Resampling;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>
/// One encoder for all who hear the same: the shared mix is encoded once in a tick, and each listener is sent the payload in a stream of its own. For encoders of 20 ms. Owned by its shard.
/// </summary>
internal sealed class SharedEncoding
{
    // 20 ms of L16 at 16 kHz, Opus at 256 kbit/s.
    private const int MaxPayloadBytes = 640;

    private readonly IAudioEncoder _encoder;
    private readonly StreamResampler? _resampler;
    private readonly short[] _samples;
    private readonly byte[] _payload = new byte[MaxPayloadBytes];
    private Timestamp _madeAt = Timestamp.Never;
    private int _bytes;

    private SharedEncoding(EncoderKind kind, IAudioEncoder encoder, StreamResampler? resampler)
    {
        Kind = kind;
        _encoder = encoder;
        _resampler = resampler;
        _samples = new short[encoder.FrameSamples + 2];
    }

    /// <summary>Whose payloads these are.</summary>
    public EncoderKind Kind { get; }

    /// <summary>An encoder for a mix of some rate; null where the rate cannot be changed to the encoder's.</summary>
    public static SharedEncoding? Create(in EncoderKind kind, int sampleRateHz, CodecPool codecs)
    {
        IAudioEncoder encoder = codecs.RentEncoder(kind);
        StreamResampler? resampler = null;
        if (encoder.SampleRateHz != sampleRateHz && !StreamResampler.TryCreate(sampleRateHz, encoder.SampleRateHz, out resampler))
        {
            codecs.Return(kind, encoder);
            return null;
        }

        return new SharedEncoding(kind, encoder, resampler);
    }

    /// <summary>The payload of a tick, encoded for the first who asks; empty where nothing need be sent.</summary>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<short> mix, Timestamp due)
    {
        if (_madeAt != due)
        {
            _madeAt = due;
            if (_resampler is { } resampler)
            {
                // 20 ms give 20 ms at all the rates there are.
                resampler.Convert(mix, _samples);
                mix = _samples.AsSpan(0, _encoder.FrameSamples);
            }

            _bytes = _encoder.Encode(mix, _payload);
        }

        return _payload.AsSpan(0, _bytes);
    }

    /// <summary>Gives the encoder back.</summary>
    public void Release(CodecPool codecs) => codecs.Return(Kind, _encoder);
}

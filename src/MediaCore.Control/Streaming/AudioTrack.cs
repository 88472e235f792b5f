using System.Buffers.Binary;
using Google.Protobuf;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.G711;
using MediaCore.Audio.Opus;

namespace MediaCore.Control.Streaming;

/// <summary>Codes one track of a stream: samples to what its client gets, or what its client sends to samples. One direction of one track, since Opus remembers.</summary>
internal sealed class AudioTrack : IDisposable
{
    /// <summary>Room for an Opus packet of one frame.</summary>
    private const int MaxOpusBytes = OpusLimits.MaxFrameBytes + 1;

    private readonly V1.AudioCodec _codec;
    private readonly IAudioEncoder? _encoder;
    private readonly IAudioDecoder? _decoder;
    private readonly byte[] _bytes;
    private readonly short[] _samples;

    public AudioTrack(V1.AudioCodec codec, int sampleRateHz, bool encodes)
    {
        _codec = codec;
        if (codec == V1.AudioCodec.Opus)
        {
            _encoder = encodes ? CodecDescriptor.Opus.CreateEncoder(sampleRateHz) : null;
            _decoder = encodes ? null : CodecDescriptor.Opus.CreateDecoder(sampleRateHz);
        }

        _bytes = encodes ? new byte[Math.Max(MaxOpusBytes, sampleRateHz / 50 * sizeof(short))] : [];
        _samples = encodes ? [] : new short[OpusLimits.MaxPacketSamples];
    }

    /// <summary>Gets pieces of decoded sound.</summary>
    public delegate void Sink(ReadOnlySpan<short> samples);

    /// <summary>Codes 20 ms.</summary>
    public ByteString Encode(ReadOnlySpan<short> frame)
    {
        int length = frame.Length;
        switch (_codec)
        {
            case V1.AudioCodec.Pcmu:
                Pcmu.Encode(frame, _bytes);
                break;
            case V1.AudioCodec.Opus:
                length = _encoder!.Encode(frame, _bytes);
                break;
            default:
                for (int i = 0; i < frame.Length; i++)
                {
                    BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(2 * i), frame[i]);
                }

                length *= sizeof(short);
                break;
        }

        return ByteString.CopyFrom(_bytes, 0, length);
    }

    /// <summary>Decodes what a client has sent; a problem where it is nothing of the codec's.</summary>
    /// <param name="data">From the client.</param>
    /// <param name="sink">Gets the samples.</param>
    /// <param name="samples">How many it got.</param>
    public string? Decode(ReadOnlySpan<byte> data, Sink sink, out int samples)
    {
        samples = 0;
        switch (_codec)
        {
            case V1.AudioCodec.Opus:
                if (!_decoder!.TryDecode(data, _samples, out samples))
                {
                    return "audio.data is no Opus packet of up to 120 ms.";
                }

                sink(_samples.AsSpan(0, samples));
                return null;
            case V1.AudioCodec.Pcmu:
                for (; !data.IsEmpty; data = data[Math.Min(data.Length, _samples.Length)..])
                {
                    int count = Pcmu.Decode(data[..Math.Min(data.Length, _samples.Length)], _samples);
                    sink(_samples.AsSpan(0, count));
                    samples += count;
                }

                return null;
            default:
                if (data.Length % sizeof(short) != 0)
                {
                    return "audio.data has half a sample at its end: L16 is two bytes for each.";
                }

                while (!data.IsEmpty)
                {
                    int count = Math.Min(data.Length / sizeof(short), _samples.Length);
                    for (int i = 0; i < count; i++)
                    {
                        _samples[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]);
                    }

                    sink(_samples.AsSpan(0, count));
                    samples += count;
                    data = data[(count * sizeof(short))..];
                }

                return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder?.Dispose();
        _decoder?.Dispose();
    }
}

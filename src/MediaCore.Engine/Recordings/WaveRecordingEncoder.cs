using System.Buffers;
using System.Runtime.InteropServices;
using MediaCore.Audio.G711;
using MediaCore.Audio.Wave;

namespace MediaCore.Engine.Recordings;

/// <summary>A WAVE file as it grows: the header says at any time how much there was when it was last brought up to date.</summary>
internal sealed class WaveRecordingEncoder : RecordingEncoder
{
    private const int SilenceFramesAtOnce = 250;

    private readonly byte[] _head = new byte[WaveHeader.MaxBytes];
    private readonly WaveEncoding _encoding;
    private readonly int _headBytes;
    private long _samples;

    public WaveRecordingEncoder(RecordingFormat format, int sampleRateHz, int channels)
        : base(sampleRateHz, channels)
    {
        _encoding = format switch { RecordingFormat.WavALaw => WaveEncoding.ALaw, RecordingFormat.WavMuLaw => WaveEncoding.MuLaw, _ => WaveEncoding.Pcm16 };
        _headBytes = WaveHeader.Write(_head, _encoding, channels, sampleRateHz, 0);
        Output.Write(_head.AsSpan(0, _headBytes));
    }

    public override string Extension => ".wav";

    public override void Write(ReadOnlySpan<short> interleaved)
    {
        int bytes = interleaved.Length * WaveHeader.SampleBytesOf(_encoding);
        Span<byte> output = Output.GetSpan(bytes)[..bytes];
        switch (_encoding)
        {
            case WaveEncoding.ALaw:
                _ = Pcma.Encode(interleaved, output);
                break;
            case WaveEncoding.MuLaw:
                _ = Pcmu.Encode(interleaved, output);
                break;
            default:
                // WAVE is little-endian, as every processor that this runs on.
                MemoryMarshal.AsBytes(interleaved).CopyTo(output);
                break;
        }

        Output.Advance(bytes);
        _samples += interleaved.Length / Channels;
    }

    public override int WriteSilence(long frames)
    {
        int made = (int)Math.Min(frames, SilenceFramesAtOnce);
        AppendSilence((long)made * FrameSamples);
        return made;
    }

    public override void Finish(long samples) => AppendSilence(Math.Clamp(samples - _samples, 0, FrameSamples));

    public override ReadOnlySpan<byte> Head(long fileBytes)
    {
        WaveHeader.Write(_head, _encoding, Channels, SampleRateHz, Math.Max(0, fileBytes - _headBytes));
        return _head.AsSpan(0, _headBytes);
    }

    private void AppendSilence(long samples)
    {
        int bytes = (int)samples * Channels * WaveHeader.SampleBytesOf(_encoding);
        Output.GetSpan(bytes)[..bytes].Fill(_encoding switch { WaveEncoding.ALaw => Pcma.Silence, WaveEncoding.MuLaw => Pcmu.Silence, _ => 0 });
        Output.Advance(bytes);
        _samples += samples;
    }
}

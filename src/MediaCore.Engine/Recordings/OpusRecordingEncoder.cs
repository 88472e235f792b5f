using System.Security.Cryptography;
using MediaCore.Audio.Ogg;
using MediaCore.Audio.Opus;

namespace MediaCore.Engine.Recordings;

/// <summary>An Ogg Opus file as it grows (RFC 7845): a page every second, so that it can be read at any time as far as it goes.</summary>
internal sealed class OpusRecordingEncoder : RecordingEncoder
{
    private const int FrameUnits = 960;
    private const int SilenceFramesAtOnce = 5000;

    private readonly OpusEncoder _encoder;
    private readonly OggOpusWriter _writer;
    private readonly byte[] _packet = new byte[OpusLimits.MaxFrameBytes];
    private readonly short[] _silence;
    private readonly byte[] _silentPacket;
    private readonly int _preSkip;

    public OpusRecordingEncoder(int sampleRateHz, int channels, int bitratePerChannel)
        : base(sampleRateHz, channels)
    {
        _encoder = new OpusEncoder(new OpusEncoderOptions { SampleRateHz = sampleRateHz, Channels = channels, BitrateBitsPerSecond = bitratePerChannel * channels });
        _preSkip = _encoder.DelaySamples * (48_000 / sampleRateHz);
        _writer = new OggOpusWriter(BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)), channels, _preSkip, sampleRateHz);
        _silence = new short[FrameSamples * channels];

        // A frame of 20 ms of the widest bandwidth that says that it is silent (RFC 6716 §3.1, §4.3): long pauses cost no encoding.
        _silentPacket = [(byte)(channels == 2 ? 0xfc : 0xf8), 0xff, 0xfe];
        _writer.WriteHeaders(Output);
    }

    public override string Extension => ".opus";

    public override void Write(ReadOnlySpan<short> interleaved)
    {
        int frame = FrameSamples * Channels;
        for (; interleaved.Length >= frame; interleaved = interleaved[frame..])
        {
            WriteFrame(interleaved[..frame]);
        }
    }

    public override int WriteSilence(long frames)
    {
        int made = (int)Math.Min(frames, SilenceFramesAtOnce);

        // What the encoder still holds comes out first; after that all is silence.
        WriteFrame(_silence);
        for (int i = 1; i < made; i++)
        {
            _writer.Write(_silentPacket, FrameUnits, Output);
        }

        return made;
    }

    public override void Finish(long samples)
    {
        long units = samples * (48_000 / SampleRateHz);
        while (_writer.Units < units + _preSkip)
        {
            WriteFrame(_silence);
        }

        _writer.Finish(units, Output);
    }

    public override ReadOnlySpan<byte> Head(long fileBytes) => [];

    public override void Dispose() => _encoder.Dispose();

    private void WriteFrame(ReadOnlySpan<short> frame) => _writer.Write(_packet.AsSpan(0, _encoder.Encode(frame, _packet)), FrameUnits, Output);
}

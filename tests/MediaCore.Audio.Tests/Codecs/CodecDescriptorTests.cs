using System.Text;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Tests.Codecs;

public sealed class CodecDescriptorTests
{
    public static TheoryData<int> Indexes() => [.. Enumerable.Range(0, CodecDescriptor.All.Count)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void EveryCodec_PlaysATone_ThroughALoss(int index)
    {
        CodecDescriptor codec = CodecDescriptor.All[index];
        using IAudioEncoder encoder = codec.CreateEncoder();
        using IAudioDecoder decoder = codec.CreateDecoder();
        int rate = codec.SampleRateHz;
        int frame = encoder.FrameSamples;
        Assert.Equal(rate / 50, frame);
        Assert.Equal(frame, codec.ToSamples(codec.RtpClockHz / 50, rate));
        Assert.Equal(codec.RtpClockHz / 50, codec.ToUnits(frame, rate));
        short[] tone = [.. Enumerable.Range(0, rate).Select(i => (short)(8000 * Math.Sin(2 * Math.PI * 500 * i / rate)))];
        short[] heard = new short[rate];
        byte[] payload = new byte[1500];
        for (int i = 0; i < 50; i++)
        {
            int bytes = encoder.Encode(tone.AsSpan(i * frame, frame), payload);
            Span<short> target = heard.AsSpan(i * frame, frame);
            if (i % 10 == 5)
            {
                decoder.Conceal(target, []);
            }
            else
            {
                Assert.True(decoder.TryDecode(payload.AsSpan(0, bytes), target, out int samples));
                Assert.Equal(frame, samples);
            }
        }

        Assert.InRange(Goertzel.LevelDbm0(heard.AsSpan(rate / 4, rate / 2), 500, rate), -12, -8);
        Assert.True(Goertzel.IsTone(heard.AsSpan(rate / 4, rate / 2), 500, rate));
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void PayloadThatDoesNotFitOrIsEmpty_IsRefused(int index)
    {
        using IAudioDecoder decoder = CodecDescriptor.All[index].CreateDecoder();
        short[] room = new short[40];
        Assert.False(decoder.TryDecode([], room, out int samples));
        Assert.Equal(0, samples);
        Assert.False(decoder.TryDecode(new byte[82], room, out samples));
        Assert.Equal(0, samples);
    }

    [Theory]
    [InlineData("OPUS", 48_000, 2, "opus")]
    [InlineData("opus", 48_000, 1, null)]
    [InlineData("g722", 8000, 1, "G722")]
    [InlineData("G722", 16_000, 1, null)]
    [InlineData("L16", 16_000, 1, "L16")]
    [InlineData("L16", 44_100, 2, null)]
    [InlineData("PCMA", 8000, 1, "PCMA")]
    [InlineData("GSM", 8000, 1, null)]
    public void Codec_IsFoundByItsRtpmap(string name, int clock, int channels, string? expected) => Assert.Equal(expected, CodecDescriptor.Find(Encoding.ASCII.GetBytes(name), clock, channels)?.EncodingName);

    [Fact]
    public void Opus_IsMadeAtTheRateOfTheOtherSide_OthersHaveOne()
    {
        using IAudioDecoder decoder = CodecDescriptor.Opus.CreateDecoder(8000);
        using IAudioEncoder encoder = CodecDescriptor.Opus.CreateEncoder(16_000, 60);
        Assert.Equal((8000, 160), (decoder.SampleRateHz, CodecDescriptor.Opus.ToSamples(960, 8000)));
        Assert.Equal(960, encoder.FrameSamples);
        Assert.Throws<ArgumentOutOfRangeException>(() => CodecDescriptor.Pcmu.CreateDecoder(16_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodecDescriptor.G722.CreateEncoder(8000));
        Assert.True(CodecDescriptor.Opus.IsAvailable);
    }

    [Fact]
    public void OddBytesOfL16_AreRefused()
    {
        using IAudioDecoder decoder = CodecDescriptor.L16At8000.CreateDecoder();
        Assert.False(decoder.TryDecode(new byte[5], new short[40], out _));
        Assert.True(decoder.TryDecode(new byte[6], new short[40], out int samples));
        Assert.Equal(3, samples);
    }
}

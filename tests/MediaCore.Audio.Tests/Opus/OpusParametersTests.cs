using System.Text;
using FsCheck.Xunit;
using MediaCore.Audio.Opus;

namespace MediaCore.Audio.Tests.Opus;

public sealed class OpusParametersTests
{
    [Fact]
    public void ExampleOfTheRfc_IsRead()
    {
        OpusParameters read = OpusParameters.Parse("maxplaybackrate=16000; sprop-maxcapturerate=16000; maxaveragebitrate=20000; stereo=1; useinbandfec=1; usedtx=0"u8);
        Assert.Equal(new OpusParameters { MaxPlaybackRateHz = 16_000, MaxCaptureRateHz = 16_000, MaxAverageBitrate = 20_000, Stereo = true, UseInBandFec = true }, read);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("minptime=10;useinbandfec=1", "useinbandfec=1")]
    [InlineData("UseInbandFec=1 ; CBR=1", "cbr=1;useinbandfec=1")]
    [InlineData("stereo=2;usedtx=x;cbr=;=1;;maxaveragebitrate=5999;maxplaybackrate=7999;sprop-maxcapturerate=48001", "")]
    [InlineData("maxaveragebitrate=510001;maxplaybackrate=99999999999;stereo=01x;sprop-stereo", "")]
    [InlineData("stereo=1;stereo=0;sprop-stereo=1", "sprop-stereo=1")]
    [InlineData("maxaveragebitrate=510000;maxplaybackrate=8000;usedtx=1", "maxplaybackrate=8000;maxaveragebitrate=510000;usedtx=1")]
    public void UnknownAndImpossibleValues_AreAsIfMissing(string text, string expected) => Assert.Equal(expected, OpusParameters.Parse(Encoding.ASCII.GetBytes(text)).ToString());

    [Property]
    public bool AnyText_IsRead_AndItsWritingIsReadAsTheSame(byte[] text)
    {
        OpusParameters read = OpusParameters.Parse(text);
        return OpusParameters.Parse(Encoding.ASCII.GetBytes(read.ToString())) == read;
    }

    [Fact]
    public void LongestText_FitsAndLessRoomIsTold()
    {
        OpusParameters all = new()
        {
            MaxPlaybackRateHz = 48_000, MaxCaptureRateHz = 48_000, MaxAverageBitrate = 510_000, Stereo = true, SendsStereo = true, ConstantBitrate = true, UseInBandFec = true, UseDiscontinuous = true,
        };
        byte[] room = new byte[OpusParameters.MaxTextBytes];
        Assert.True(all.TryFormat(room, out int bytes));
        Assert.Equal(all, OpusParameters.Parse(room.AsSpan(0, bytes)));
        for (int length = 0; length < bytes; length++)
        {
            Assert.False(all.TryFormat(new byte[length], out _));
        }
    }

    [Theory]
    [InlineData("", OpusBandwidth.Full, 64_000, true, false, false, false)]
    [InlineData("maxplaybackrate=8000;stereo=1", OpusBandwidth.Narrow, 64_000, false, false, false, false)]
    [InlineData("maxplaybackrate=12000", OpusBandwidth.Medium, 64_000, true, false, false, false)]
    [InlineData("maxplaybackrate=16000;cbr=1", OpusBandwidth.Wide, 64_000, true, true, false, false)]
    [InlineData("maxplaybackrate=24000;usedtx=1", OpusBandwidth.SuperWide, 64_000, true, false, false, true)]
    [InlineData("maxplaybackrate=44100;maxaveragebitrate=20000;useinbandfec=1", OpusBandwidth.Full, 20_000, true, false, true, false)]
    public void Sending_KeepsToWhatTheOtherSideWants(string text, OpusBandwidth bandwidth, int bitrate, bool mono, bool constant, bool fec, bool discontinuous)
    {
        OpusEncoderOptions preferred = new() { Channels = 2, BitrateBitsPerSecond = 64_000, InBandFec = true, DiscontinuousTransmission = true };
        OpusEncoderOptions sent = OpusParameters.Parse(Encoding.ASCII.GetBytes(text)).ToSend(preferred);
        Assert.Equal((bandwidth, bitrate, mono, constant), (sent.MaxBandwidth, sent.BitrateBitsPerSecond, sent.ForceMono, sent.ConstantBitrate));
        Assert.Equal((fec, discontinuous), (sent.InBandFec, sent.DiscontinuousTransmission));
        sent.Validate();
    }

    [Theory]
    [InlineData(0, 0, 20)]
    [InlineData(3, 0, 2.5)]
    [InlineData(30, 0, 20)]
    [InlineData(60, 40, 40)]
    [InlineData(0, 10, 10)]
    [InlineData(500, 0, 120)]
    public void PacketTime_IsTheirs(int packet, int most, double expected) => Assert.Equal(expected, default(OpusParameters).ToSend(new OpusEncoderOptions(), packet, most).PacketMilliseconds);
}

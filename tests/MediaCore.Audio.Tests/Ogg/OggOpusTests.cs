using System.Buffers;
using System.Buffers.Binary;
using FsCheck.Xunit;
using MediaCore.Audio.Ogg;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Tones;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.Ogg;

public sealed class OggOpusTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData(8000, 1, 1.0)]
    [InlineData(16_000, 1, 3.01)]
    [InlineData(16_000, 2, 2.5)]
    [InlineData(48_000, 2, 0.013)]
    public void Written_IsReadWithItsLengthToTheSample(int rate, int channels, double seconds)
    {
        byte[] file = Write(rate, channels, (int)(rate * seconds), out _);
        foreach (int readRate in (int[])[8000, 16_000, 48_000])
        {
            Assert.True(OggOpusFile.TryRead(file, readRate, Long, out OggOpusFile? sound, out OggOpusError error), error.ToString());
            Assert.Equal((int)(rate * seconds) * (long)readRate / rate, sound.Samples.Length);
            if (seconds > 0.9)
            {
                Assert.True(Goertzel.IsTone(sound.Samples.AsSpan(readRate / 4, readRate / 2), 1000, readRate));
            }
        }
    }

    [Fact]
    public void Pages_AreOneAfterTheOther_WithRightChecksumsAndPositions()
    {
        byte[] file = Write(16_000, 1, 40_000, out int preSkip);
        List<(uint Sequence, long Granule, bool First, bool Last)> pages = [];
        for (int at = 0; at < file.Length;)
        {
            Assert.True(OggPage.TryRead(file.AsSpan(at), out OggPage page));
            Assert.Equal(0xfeed_f00d, page.Serial);
            pages.Add((page.Sequence, page.Granule, page.IsFirst, page.IsLast));
            at += page.Length;
        }

        Assert.Equal([0u, 1, 2, 3, 4], pages.Select(static p => p.Sequence));
        Assert.Equal([0, 0, 48_000, 96_000, preSkip + 120_000], pages.Select(static p => p.Granule));
        Assert.Equal([true, false, false, false, false], pages.Select(static p => p.First));
        Assert.Equal([false, false, false, false, true], pages.Select(static p => p.Last));
        Assert.Equal(file.Length, OggPage.WholePages(file, out long last));
        Assert.Equal(preSkip + 120_000, last);
    }

    [Fact]
    public void FileCutAnywhere_GivesWhatItsWholePagesHold()
    {
        byte[] file = Write(16_000, 1, 48_000, out _);
        int previous = 0;
        for (int length = 0; length < file.Length; length += 97)
        {
            int samples = OggOpusFile.TryRead(file.AsSpan(0, length), 16_000, Long, out OggOpusFile? sound, out _) ? sound.Samples.Length : 0;
            Assert.True(samples >= previous);
            Assert.True(OggPage.WholePages(file.AsSpan(0, length), out _) <= length);
            previous = samples;
        }

        Assert.True(previous > 30_000);
    }

    [Property]
    public void DamagedFile_NeverThrows(ushort position, byte value, ushort cut)
    {
        byte[] file = Write(8000, 1, 8000, out _);
        file[position % file.Length] = value;
        _ = OggOpusFile.TryRead(file.AsSpan(cut % file.Length), 8000, Long, out _, out _);
    }

    [Fact]
    public void DamagedPage_IsPassedOver()
    {
        byte[] file = Write(16_000, 1, 80_000, out _);
        int third = 0;
        for (int i = 0; i < 3; i++)
        {
            Assert.True(OggPage.TryRead(file.AsSpan(third), out OggPage page));
            third += page.Length;
        }

        file[third + 100] ^= 1;
        Assert.True(OggOpusFile.TryRead(file, 16_000, Long, out OggOpusFile? sound, out _));
        Assert.InRange(sound.Samples.Length, 63_000, 65_000);
    }

    [Theory]
    [InlineData("", OggOpusError.NotOgg)]
    [InlineData("52494646", OggOpusError.NotOgg)]
    [InlineData("4f67675300", OggOpusError.NoOpus)]
    public void NoOgg_IsSaid(string file, OggOpusError expected)
    {
        Assert.False(OggOpusFile.TryRead(Convert.FromHexString(file), 8000, Long, out _, out OggOpusError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void TooLong_IsRefused()
    {
        Assert.False(OggOpusFile.TryRead(Write(8000, 1, 24_000, out _), 8000, TimeSpan.FromSeconds(2), out _, out OggOpusError error));
        Assert.Equal(OggOpusError.TooLong, error);
    }

    [Fact]
    public void FilesOfOthers_AreRead()
    {
        if (SharedData.TryGetPath("audio") is not { } folder)
        {
            output.WriteLine("2 files left out: the shared data is not here.");
            return;
        }

        Assert.True(OggOpusFile.TryRead(File.ReadAllBytes(Path.Combine(folder, "rtpengine-ccby", "opus.1.8k.11k.speech.ogg")), 16_000, Long, out OggOpusFile? music, out _));
        Assert.InRange(music.Duration.TotalSeconds, 119, 121);
        Assert.InRange(Goertzel.TotalLevelDbm0(music.Samples), -35, -5);
        Assert.True(OggOpusFile.TryRead(File.ReadAllBytes(Path.Combine(folder, "pion-opus", "tiny.ogg")), 16_000, Long, out _, out OggOpusError error), error.ToString());
        Assert.False(OggOpusFile.TryRead(File.ReadAllBytes(Path.Combine(folder, "livekit", "enter_pin.ogg")), 16_000, Long, out _, out error));
        Assert.Equal(OggOpusError.NoOpus, error);
    }

    [Fact]
    public void Writing_AllocatesNothing()
    {
        OggOpusWriter writer = new(1, 1, 312, 8000);
        ArrayBufferWriter<byte> buffer = new(OggLimits.MaxPageBytes);
        byte[] packet = new byte[300];
        AllocationAssert.Zero(200, 2000, () =>
        {
            buffer.ResetWrittenCount();
            writer.Write(packet, 960, buffer);
        });
    }

    [Fact]
    public void PacketOfAMultipleOf255_EndsWithAnEmptySegment()
    {
        OggOpusWriter writer = new(1, 1, 0, 8000);
        ArrayBufferWriter<byte> buffer = new();
        writer.Write(new byte[510], 960, buffer);
        writer.Finish(960, buffer);
        Assert.True(OggPage.TryRead(buffer.WrittenSpan, out OggPage page));
        Assert.Equal([255, 255, 0], page.Segments.ToArray());
        Assert.Equal(510, page.Body.Length);
        Assert.NotEqual(0u, BinaryPrimitives.ReadUInt32LittleEndian(buffer.WrittenSpan[22..]));
    }

    private static byte[] Write(int rate, int channels, int samples, out int preSkip)
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = rate, Channels = channels, BitrateBitsPerSecond = 24_000 * channels });
        preSkip = encoder.DelaySamples * (48_000 / rate);
        OggOpusWriter writer = new(0xfeed_f00d, channels, preSkip, rate);
        ArrayBufferWriter<byte> file = new();
        writer.WriteHeaders(file);
        byte[] packet = new byte[1275];
        short[] frame = new short[encoder.FrameSamples * channels];
        long sound = (long)samples * 48_000 / rate;
        for (int at = 0; writer.Units < sound + preSkip; at += encoder.FrameSamples)
        {
            for (int i = 0; i < frame.Length; i++)
            {
                frame[i] = (short)(8000 * Math.Sin(2 * Math.PI * 1000 * (at + (i / channels)) / rate));
            }

            writer.Write(packet.AsSpan(0, encoder.Encode(frame, packet)), 960, file);
        }

        writer.Finish(sound, file);
        return file.WrittenSpan.ToArray();
    }
}

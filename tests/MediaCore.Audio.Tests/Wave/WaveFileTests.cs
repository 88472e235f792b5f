using System.Buffers.Binary;
using FsCheck.Xunit;
using MediaCore.Audio.Wave;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.Wave;

public sealed class WaveFileTests(ITestOutputHelper output)
{
    [Property]
    public void Written_IsReadAsWritten(short[] samples)
    {
        bool read = WaveFile.TryRead(WaveWriter.ToArray(samples, 8000), out WaveFile? wave, out WaveError error);
        Assert.Equal(samples.Length > 0, read);
        if (read)
        {
            Assert.Equal(samples, wave!.Samples);
            Assert.Equal(8000, wave.SampleRateHz);
            Assert.Equal(1, wave.Channels);
        }
        else
        {
            Assert.Equal(WaveError.NoSamples, error);
        }
    }

    [Theory]
    [InlineData(1, 8, 1, "80ff00", new short[] { 0, 127 << 8, -32768 })]
    [InlineData(1, 16, 1, "0000ff7f0080", new short[] { 0, 32767, -32768 })]
    [InlineData(1, 16, 2, "e803d007ff7fff7f", new short[] { 1500, 32767 })]
    [InlineData(1, 24, 1, "ab3412000080", new short[] { 0x1234, -32768 })]
    [InlineData(1, 32, 1, "0000341200000080", new short[] { 0x1234, -32768 })]
    [InlineData(3, 32, 1, "0000003f000080bf000000400000c07f", new short[] { 16384, -32768, 32767, 0 })]
    [InlineData(3, 64, 1, "000000000000e03f", new short[] { 16384 })]
    [InlineData(6, 8, 1, "d5aa2a", new short[] { 8, 32256, -32256 })]
    [InlineData(7, 8, 1, "ff8000", new short[] { 0, 32124, -32124 })]
    [InlineData(1, 16, 1, "010002", new short[] { 1 })]
    public void Encoding_IsReadToSixteenBitMono(ushort tag, ushort bits, ushort channels, string data, short[] expected)
    {
        foreach (bool extensible in new[] { false, true })
        {
            byte[] file = File(Chunk("fmt ", Format(tag, channels, 8000, bits, extensible)), Chunk("data", Convert.FromHexString(data)));
            Assert.True(WaveFile.TryRead(file, out WaveFile? wave, out _));
            Assert.Equal(expected, wave.Samples);
            Assert.Equal(channels, wave.Channels);
        }
    }

    [Fact]
    public void OddChunks_BeforeTheSamples_AreSkippedWithTheirPadding()
    {
        byte[] file = File(Chunk("LIST", [1, 2, 3]), Chunk("fmt ", Format(1, 1, 16000, 16)), Chunk("fact", [0, 0, 0, 0]), Chunk("data", [1, 0]), Chunk("id3 ", [9]));
        Assert.True(WaveFile.TryRead(file, out WaveFile? wave, out _));
        Assert.Equal([1], wave.Samples);
        Assert.Equal(16000, wave.SampleRateHz);
    }

    [Theory]
    [InlineData(0x7fff_f000u)]
    [InlineData(0xffff_ffffu)]
    [InlineData(5u)]
    public void DataChunk_ThatClaimsMoreThanThereIs_GivesWhatIsThere(uint claimed)
    {
        byte[] file = File(Chunk("fmt ", Format(1, 1, 22050, 16)), Chunk("data", [1, 0, 2, 0]));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), claimed);
        Assert.True(WaveFile.TryRead(file, out WaveFile? wave, out _));
        Assert.Equal([1, 2], wave.Samples);
    }

    [Theory]
    [InlineData(2, 1, 8000, 4, WaveError.UnsupportedEncoding)]
    [InlineData(3, 1, 8000, 16, WaveError.UnsupportedEncoding)]
    [InlineData(1, 1, 8000, 12, WaveError.UnsupportedEncoding)]
    [InlineData(1, 1, 8000, 0, WaveError.UnsupportedEncoding)]
    [InlineData(7, 1, 8000, 16, WaveError.UnsupportedEncoding)]
    [InlineData(1, 0, 8000, 16, WaveError.UnsupportedChannels)]
    [InlineData(1, 9, 8000, 16, WaveError.UnsupportedChannels)]
    [InlineData(1, 65535, 8000, 16, WaveError.UnsupportedChannels)]
    [InlineData(1, 1, 0, 16, WaveError.UnsupportedSampleRate)]
    [InlineData(1, 1, 3999, 16, WaveError.UnsupportedSampleRate)]
    [InlineData(1, 1, 192001, 16, WaveError.UnsupportedSampleRate)]
    [InlineData(1, 1, uint.MaxValue, 16, WaveError.UnsupportedSampleRate)]
    public void Format_ThatIsNotRead_SaysWhy(ushort tag, ushort channels, uint rate, ushort bits, WaveError expected)
    {
        byte[] file = File(Chunk("fmt ", Format(tag, channels, rate, bits)), Chunk("data", new byte[64]));
        Assert.False(WaveFile.TryRead(file, out _, out WaveError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Structure_ThatIsNotRead_SaysWhy()
    {
        Check([], WaveError.NotWave);
        Check("RIFX\0\0\0\0WAVE"u8.ToArray(), WaveError.NotWave);
        Check("OggS\0\0\0\0\0\0\0\0\0\0\0\0"u8.ToArray(), WaveError.NotWave);
        Check(File(), WaveError.NoFormat);
        Check(File(Chunk("data", [1, 0])), WaveError.NoFormat);
        Check(File(Chunk("fmt ", new byte[15]), Chunk("data", [1, 0])), WaveError.NoFormat);
        Check(File(Chunk("fmt ", Format(0xfffe, 1, 8000, 16)), Chunk("data", [1, 0])), WaveError.NoFormat);
        Check(File(Chunk("fmt ", Format(1, 1, 8000, 16))), WaveError.NoSamples);
        Check(File(Chunk("fmt ", Format(1, 2, 8000, 16)), Chunk("data", [1, 0, 2])), WaveError.NoSamples);
        Check(File([.. Enumerable.Repeat(Chunk("junk", []), 300)]), WaveError.TooManyChunks);
        Check(new byte[WaveLimits.MaxFileBytes + 1], WaveError.TooLarge);

        static void Check(byte[] file, WaveError expected)
        {
            Assert.False(WaveFile.TryRead(file, out WaveFile? wave, out WaveError error));
            Assert.Null(wave);
            Assert.Equal(expected, error);
        }
    }

    [Property(MaxTest = 2000)]
    public void AnyOctets_AfterAGoodStart_NeverThrow(byte[] octets, byte cut)
    {
        byte[] good = [.. File(Chunk("fmt ", Format(1, 1, 8000, 16)), Chunk("data", [1, 0])), .. octets];
        for (int i = 0; i < octets.Length; i++)
        {
            good[(i * 7) % good.Length] ^= octets[i];
            _ = WaveFile.TryRead(good, out _, out _);
        }

        _ = WaveFile.TryRead(good.AsSpan(0, Math.Min((int)cut, good.Length)), out _, out _);
    }

    [Theory]
    [InlineData("asterisk-sounds/demo-echodone.wav", 8000)]
    [InlineData("asterisk-testsuite/talking.wav", 8000)]
    [InlineData("freeswitch/hi.wav", 16000)]
    [InlineData("freeswitch/test.wav", 16000)]
    [InlineData("jambonz/speak-to-customer-support.wav", 8000)]
    [InlineData("pjsip/input.8.wav", 8000)]
    [InlineData("pjsip/input.2.8.wav", 8000)]
    [InlineData("pjsip/tock8.wav", 8000)]
    public void FileOfOthers_IsRead(string path, int rate)
    {
        if (SharedData.TryGetPath(["audio", .. path.Split('/')]) is not { } file)
        {
            output.WriteLine($"Left out: 1 case, audio/{path} is not on this machine.");
            return;
        }

        Assert.True(WaveFile.TryRead(System.IO.File.ReadAllBytes(file), out WaveFile? wave, out WaveError error), error.ToString());
        output.WriteLine($"{path}: {wave.SampleRateHz} Hz, {wave.Channels} channel(s), {wave.Duration.TotalSeconds:F2} s");
        Assert.Equal(rate, wave.SampleRateHz);
        Assert.Contains(wave.Samples, static s => Math.Abs((int)s) > 500);
    }

    private static byte[] File(params byte[][] chunks)
    {
        byte[] body = [.. "WAVE"u8, .. chunks.SelectMany(static c => c)];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        return [.. "RIFF"u8, .. length, .. body];
    }

    private static byte[] Chunk(string id, byte[] body)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        return [.. System.Text.Encoding.ASCII.GetBytes(id), .. length, .. body, .. new byte[id == "data" ? 0 : body.Length & 1]];
    }

    private static byte[] Format(ushort tag, ushort channels, uint rate, ushort bits, bool extensible = false)
    {
        byte[] format = new byte[extensible ? 40 : 16];
        BinaryPrimitives.WriteUInt16LittleEndian(format, extensible ? (ushort)0xfffe : tag);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(2), channels);
        BinaryPrimitives.WriteUInt32LittleEndian(format.AsSpan(4), rate);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(14), bits);
        if (extensible)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(24), tag);
        }

        return format;
    }
}

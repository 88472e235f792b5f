using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Audio.Wave;

namespace MediaCore.Audio.Tests.Wave;

public sealed class WaveHeaderTests
{
    [Theory]
    [InlineData(WaveEncoding.Pcm16, 1, 44)]
    [InlineData(WaveEncoding.Pcm16, 2, 44)]
    [InlineData(WaveEncoding.ALaw, 1, 58)]
    [InlineData(WaveEncoding.MuLaw, 2, 58)]
    public void KilledWhileWriting_IsRepairedFromTheLength(WaveEncoding encoding, int channels, int headerBytes)
    {
        // A header of the beginning, 1000 samples of sound, and half a sample that the kill cut off.
        int frame = WaveHeader.SampleBytesOf(encoding) * channels;
        byte[] file = new byte[headerBytes + (1000 * frame) + (frame - 1)];
        Assert.Equal(headerBytes, WaveHeader.Write(file, encoding, channels, 8000, 0));
        byte sample = encoding switch { WaveEncoding.ALaw => Pcma.Encode(8000), WaveEncoding.MuLaw => Pcmu.Encode(8000), _ => 0x22 };
        file.AsSpan(headerBytes).Fill(sample);
        Assert.True(WaveHeader.TryRepair(file.AsSpan(0, Math.Min(file.Length, WaveHeader.MaxBytes)), file.Length, out int repaired));
        Assert.Equal(headerBytes, repaired);
        Assert.True(WaveFile.TryRead(file, out WaveFile? wave, out _));
        Assert.Equal(1000, wave.Samples.Length);
        Assert.Equal(channels, wave.Channels);
        Assert.All(wave.Samples, s => Assert.InRange(s, 7500, 9000));
    }

    [Fact]
    public void LengthsBeyond32Bits_AreTheLargest()
    {
        byte[] header = new byte[44];
        WaveHeader.Write(header, WaveEncoding.Pcm16, 2, 48_000, 5L << 30);
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(40)));
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)));
    }

    [Fact]
    public void OtherFiles_AreNotRepaired()
    {
        Assert.False(WaveHeader.TryRepair(new byte[58], 58, out _));
        byte[] file = new byte[58];
        WaveHeader.Write(file, WaveEncoding.MuLaw, 1, 8000, 0);
        Assert.False(WaveHeader.TryRepair(file.AsSpan(0, 50), 50, out _));
        Assert.False(WaveHeader.TryRepair(file.AsSpan(0, 20), 20, out _));
    }
}

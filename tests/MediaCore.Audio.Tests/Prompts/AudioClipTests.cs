using MediaCore.Audio.Prompts;
using MediaCore.Audio.Tones;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Prompts;

public sealed class AudioClipTests
{
    [Theory]
    [InlineData(8000, 8000)]
    [InlineData(8000, 16_000)]
    [InlineData(8000, 24_000)]
    [InlineData(8000, 48_000)]
    [InlineData(16_000, 8000)]
    [InlineData(16_000, 16_000)]
    [InlineData(16_000, 24_000)]
    [InlineData(16_000, 48_000)]
    public void ReadFrameByFrame_AtAnyRate_IsTheSameSound(int clipRate, int readRate)
    {
        AudioClip clip = Clip(clipRate, 1000, clipRate);
        short[] sound = new short[readRate + 960];
        int position = 0;
        int count;
        while ((count = clip.Read(readRate, position, sound.AsSpan(position, readRate / 50))) > 0)
        {
            position += count;
        }

        Assert.Equal(readRate, position);
        Assert.Equal(readRate, clip.LengthAt(readRate));
        Assert.InRange(Goertzel.LevelDbm0(sound.AsSpan(readRate / 4, readRate / 2), 1000, readRate), -9.5, -8.5);
        Assert.True(Goertzel.IsTone(sound.AsSpan(readRate / 4, readRate / 2), 1000, readRate));
    }

    [Fact]
    public void WideClip_KeepsWhatWidebandLegsHear_AndNoAliasForG711()
    {
        AudioClip clip = Clip(16_000, 6000, 16_000);
        short[] wide = new short[16_000];
        clip.Read(16_000, 0, wide);
        Assert.InRange(Goertzel.LevelDbm0(wide, 6000, 16_000), -9.5, -8.5);
        short[] narrow = new short[8000];
        MediaCore.Audio.G711.Pcmu.Decode(clip.Pcmu, narrow);
        Assert.InRange(Goertzel.TotalLevelDbm0(narrow.AsSpan(400, 7000)), -200, -55);
        Assert.InRange(clip.MemoryBytes, 48_000, 48_200);
    }

    [Fact]
    public void Read_AllocatesNothing()
    {
        AudioClip clip = Clip(16_000, 1000, 16_000);
        short[] frame = new short[960];
        AllocationAssert.Zero(10, 100, () => clip.Read(48_000, 960, frame));
    }

    private static AudioClip Clip(int rate, double hertz, int samples)
    {
        short[] sound = [.. Enumerable.Range(0, samples).Select(i => (short)(8192 * Math.Sin(2 * Math.PI * hertz * i / rate)))];
        return rate == AudioClip.WideSampleRateHz ? AudioClip.FromWidePcm(sound) : AudioClip.FromPcm(sound);
    }
}

using MediaCore.Audio.Prompts;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Tests.Prompts;

public sealed class AudioClipTests
{
    [Fact]
    public void WideClip_KeepsWhatWidebandLegsHear_AndNoAliasForG711()
    {
        AudioClip clip = Clip(16_000, 6000, 16_000);
        Assert.Equal(16_000, clip.SamplesRateHz);
        Assert.Equal(TimeSpan.FromSeconds(1), clip.Duration);
        Assert.InRange(Goertzel.LevelDbm0(clip.Samples, 6000, 16_000), -9.5, -8.5);
        short[] narrow = new short[8000];
        MediaCore.Audio.G711.Pcmu.Decode(clip.Pcmu, narrow);
        Assert.InRange(Goertzel.TotalLevelDbm0(narrow.AsSpan(400, 7000)), -200, -55);
        Assert.InRange(clip.MemoryBytes, 48_000, 48_200);
    }

    [Fact]
    public void WideClip_AsG711_IsTheSameSound()
    {
        AudioClip clip = Clip(16_000, 1000, 16_000);
        short[] narrow = new short[8000];
        Assert.Equal(8000, MediaCore.Audio.G711.Pcma.Decode(clip.Pcma, narrow));
        Assert.InRange(Goertzel.LevelDbm0(narrow.AsSpan(1000, 4000), 1000), -9.5, -8.5);
        Assert.True(Goertzel.IsTone(narrow.AsSpan(1000, 4000), 1000));
    }

    private static AudioClip Clip(int rate, double hertz, int samples)
    {
        short[] sound = [.. Enumerable.Range(0, samples).Select(i => (short)(8192 * Math.Sin(2 * Math.PI * hertz * i / rate)))];
        return rate == AudioClip.WideSampleRateHz ? AudioClip.FromWidePcm(sound) : AudioClip.FromPcm(sound);
    }
}

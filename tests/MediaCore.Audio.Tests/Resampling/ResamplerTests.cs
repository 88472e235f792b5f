using MediaCore.Audio.Resampling;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.Resampling;

public sealed class ResamplerTests(ITestOutputHelper output)
{
    public static TheoryData<int> Rates => [11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000];

    [Theory]
    [MemberData(nameof(Rates))]
    public void Passband_KeepsItsLevel(int rate)
    {
        foreach (double hertz in new[] { 100.0, 300, 1004, 2000, 3000, 3400 })
        {
            Assert.InRange(Goertzel.LevelDbm0(Middle(Convert(rate, hertz)), hertz), -3.1, -2.9);
        }
    }

    /// <summary>Everything above 4 kHz would come back as an alias below it; at a tone of -3 dBm0 nothing louder than -63 may be left.</summary>
    [Theory]
    [MemberData(nameof(Rates))]
    public void Aliases_AreSixtyDecibelsDown(int rate)
    {
        double worst = double.MinValue;
        for (double hertz = 4000; hertz < rate / 2.0 - 100; hertz += rate > 50_000 ? 4877 : 733)
        {
            worst = Math.Max(worst, Goertzel.TotalLevelDbm0(Middle(Convert(rate, hertz))) + 3);
        }

        output.WriteLine($"{rate} Hz: worst alias {worst:F1} dB");
        Assert.True(worst < -60, $"{rate} Hz: {worst:F1} dB");
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Output_IsNotDelayed(int rate)
    {
        Assert.True(Resampler.TryCreate(rate, 8000, out Resampler? resampler));
        short[] input = new short[rate];
        input[rate / 2] = 30_000;
        input[(rate / 2) + 1] = 30_000;
        short[] result = resampler.Convert(input);
        Assert.Equal(8000, result.Length);
        Assert.InRange(Array.IndexOf(result, result.Max()), 3999, 4001);
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(8000, 48000)]
    [InlineData(16000, 48000)]
    public void Upwards_LeavesNoImages(int from, int to)
    {
        Assert.True(Resampler.TryCreate(from, to, out Resampler? resampler));
        short[] result = Middle(resampler.Convert(Sine(from, 1000)));
        Assert.InRange(Goertzel.LevelDbm0(result, 1000, to), -3.1, -2.9);
        Assert.InRange(Goertzel.LevelDbm0(result, from - 1000, to), -200, -63);
    }

    [Theory]
    [InlineData(8000, 0)]
    [InlineData(22050, 1)]
    [InlineData(22050, 2)]
    [InlineData(22050, 441)]
    [InlineData(22050, 22051)]
    public void Length_IsTheInputsDuration(int rate, int samples)
    {
        Assert.True(Resampler.TryCreate(rate, 8000, out Resampler? resampler));
        Assert.Equal((int)Math.Ceiling(samples * 8000.0 / rate), resampler.Convert(new short[samples]).Length);
    }

    [Fact]
    public void SameRate_IsACopy()
    {
        Assert.True(Resampler.TryCreate(8000, 8000, out Resampler? resampler));
        Assert.Equal([1, -2, 3], resampler.Convert([1, -2, 3]));
    }

    [Theory]
    [InlineData(0, 8000)]
    [InlineData(-1, 8000)]
    [InlineData(8000, 0)]
    [InlineData(192001, 8000)]
    [InlineData(8000, 44101)]
    [InlineData(191999, 8000)]
    public void Rates_ThatAreNotConverted_AreRefused(int from, int to) => Assert.False(Resampler.TryCreate(from, to, out _));

    [Fact]
    public void Convert_IntoASpan_AllocatesNothing()
    {
        Assert.True(Resampler.TryCreate(22050, 8000, out Resampler? resampler));
        short[] input = Sine(22050, 440)[..4410];
        short[] result = new short[1600];
        AllocationAssert.Zero(warmup: 50, iterations: 20, () => resampler.Convert(input, result));
    }

    [Fact]
    public void Speech_ThereAndBack_StaysItself()
    {
        if (SharedData.TryGetPath("audio", "pjsip", "input.8.wav") is not { } path)
        {
            output.WriteLine("Left out: 1 case, audio/pjsip/input.8.wav is not on this machine.");
            return;
        }

        Assert.True(WaveFile.TryRead(File.ReadAllBytes(path), out WaveFile? wave, out _));
        Assert.True(Resampler.TryCreate(8000, 22050, out Resampler? up));
        Assert.True(Resampler.TryCreate(22050, 8000, out Resampler? down));
        short[] back = down.Convert(up.Convert(wave.Samples));
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < wave.Samples.Length; i++)
        {
            signal += (double)wave.Samples[i] * wave.Samples[i];
            noise += Math.Pow(wave.Samples[i] - back[i], 2);
        }

        double ratio = 10 * Math.Log10(signal / noise);
        output.WriteLine($"signal to difference {ratio:F1} dB");
        // What is missing is what the recording holds above 3.5 kHz; the passband itself is tested above.
        Assert.True(ratio > 20, $"{ratio:F1} dB");
    }

    private static short[] Convert(int rate, double hertz)
    {
        Assert.True(Resampler.TryCreate(rate, 8000, out Resampler? resampler));
        return resampler.Convert(Sine(rate, hertz));
    }

    private static short[] Sine(int rate, double hertz)
    {
        short[] samples = new short[rate / 4];
        new ToneGenerator(new Tone(new ToneSegment(0, hertz)), rate, -3).Generate(samples);
        return samples;
    }

    /// <summary>Without the ends, where the tone begins and stops, which is no alias.</summary>
    private static short[] Middle(short[] samples) => samples[(samples.Length / 4)..(samples.Length * 3 / 4)];
}

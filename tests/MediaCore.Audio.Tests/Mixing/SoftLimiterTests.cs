using MediaCore.Audio.Mixing;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Tests.Mixing;

public sealed class SoftLimiterTests
{
    private const int Rate = 16_000;
    private const int Frame = Rate / 50;

    [Theory]
    [InlineData(160)]
    [InlineData(320)]
    [InlineData(960)]
    public void WhatFits_PassesBitByBit(int frame)
    {
        SoftLimiter limiter = new(frame);
        Random random = new(3);
        List<int> input = [];
        List<short> output = [];
        for (int i = 0; i < 20; i++)
        {
            int[] sum = [.. Enumerable.Range(0, frame).Select(_ => random.Next(-short.MaxValue, short.MaxValue + 1))];
            short[] samples = new short[frame];
            limiter.Process(sum, samples);
            input.AddRange(sum);
            output.AddRange(samples);
        }

        Assert.Equal(input[..^limiter.DelaySamples], output[limiter.DelaySamples..].Select(static s => (int)s));
    }

    [Fact]
    public void TwoLoudTones_AreBroughtDown_WithoutOthersComingIn()
    {
        short[] output = Run(n => 30_000 * (Math.Sin(2 * Math.PI * 400 * n / Rate) + Math.Sin(2 * Math.PI * 1100 * n / Rate)), 100, out List<double> gains);

        // Steady after the beginning: no pumping.
        Assert.InRange(20 * Math.Log10(gains.Skip(20).Max() / gains.Skip(20).Min()), 0, 0.4);

        // Intermodulation and harmonics lie far below; hard clipping at this level puts 2 · 400 Hz ± 1100 Hz at −20 dB.
        ReadOnlySpan<short> steady = output.AsSpan(Frame * 10);
        double tone = Goertzel.LevelDbm0(steady, 400, Rate);
        foreach (int other in new[] { 300, 800, 1200, 1500, 1800, 2200, 2600, 3300 })
        {
            Assert.InRange(Goertzel.LevelDbm0(steady, other, Rate), -200, tone - 45);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void NoSum_HoweverLarge_JumpsOrWraps(int seed)
    {
        // Bursts of any size at any place: what comes out has the input's sign, and the gain is a line without steps.
        Random random = new(seed);
        SoftLimiter limiter = new(Frame);
        int[] delayed = new int[limiter.DelaySamples];
        for (int tick = 0; tick < 300; tick++)
        {
            int scale = random.Next(4) == 0 ? 16_000_000 : 20_000;
            int[] sum = [.. Enumerable.Range(0, Frame).Select(_ => random.Next(-scale, scale))];
            short[] samples = new short[Frame];
            limiter.Process(sum, samples);
            int[] lined = [.. delayed, .. sum];
            for (int i = 0; i < Frame; i++)
            {
                Assert.True(Math.Sign(lined[i]) * Math.Sign(samples[i]) >= 0 && Math.Abs((int)samples[i]) <= Math.Abs(lined[i]) + 1, $"{lined[i]} became {samples[i]}");
            }

            delayed = sum[^limiter.DelaySamples..];
        }
    }

    [Fact]
    public void AfterALoudMoment_TheGainComesBackSlowly()
    {
        Run(n => (n < Rate ? 60_000 : 10_000) * Math.Sin(2 * Math.PI * 500 * n / Rate), 150, out List<double> gains);
        double loud = gains[49];
        Assert.InRange(loud, 0.5, 0.56);
        Assert.InRange(gains[54], loud, loud + 0.2);
        Assert.InRange(gains[149], 0.99, 1);
    }

    [Fact]
    public void AFrame_NotOfEightBlocks_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftLimiter(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftLimiter(161));
    }

    private static short[] Run(Func<int, double> signal, int frames, out List<double> gains)
    {
        SoftLimiter limiter = new(Frame);
        short[] output = new short[frames * Frame];
        gains = [];
        int[] sum = new int[Frame];
        for (int tick = 0; tick < frames; tick++)
        {
            for (int i = 0; i < Frame; i++)
            {
                sum[i] = (int)signal((tick * Frame) + i);
            }

            limiter.Process(sum, output.AsSpan(tick * Frame, Frame));
            gains.Add(limiter.Gain);
        }

        return output;
    }
}

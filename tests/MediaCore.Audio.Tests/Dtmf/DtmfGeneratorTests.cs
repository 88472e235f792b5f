using MediaCore.Audio.Dtmf;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Tests.Dtmf;

public sealed class DtmfGeneratorTests
{
    [Theory]
    [InlineData('1', 697, 1209)]
    [InlineData('5', 770, 1336)]
    [InlineData('0', 941, 1336)]
    [InlineData('*', 941, 1209)]
    [InlineData('#', 941, 1477)]
    [InlineData('d', 941, 1633)]
    public void Digit_HasItsFrequenciesLevelsAndLength(char digit, double low, double high)
    {
        short[] sound = new short[4000];
        DtmfGenerator generator = new(digit, 8000, 250);
        Assert.Equal(2000, generator.Generate(sound));
        Assert.True(generator.IsFinished);
        Assert.Equal(0, generator.Generate(sound.AsSpan(3000)));
        Assert.All(sound[2000..], static s => Assert.Equal(0, s));
        Assert.InRange(Goertzel.LevelDbm0(sound.AsSpan(100, 1800), low), -10.1, -9.9);
        Assert.InRange(Goertzel.LevelDbm0(sound.AsSpan(100, 1800), high), -8.1, -7.9);
        Assert.InRange(Goertzel.LevelDbm0(sound.AsSpan(100, 1800), 2 * low), -200, -60);
    }

    [Fact]
    public void Edges_RiseAndFallSmoothly()
    {
        short[] sound = new short[800];
        new DtmfGenerator('8', 8000, 100, levelDbm0: -3, twistDb: 0).Generate(sound);
        Assert.InRange(Math.Abs((int)sound[0]), 0, 100);
        Assert.InRange(Math.Abs((int)sound[799]), 0, 300);
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    [InlineData(48_000)]
    public void AllDigits_AreDetected_InFrames(int sampleRateHz)
    {
        foreach (char digit in "0123456789*#ABCD")
        {
            short[] sound = new short[sampleRateHz / 5];
            DtmfGenerator generator = new(digit, sampleRateHz, 60);
            for (int at = 0; at < sound.Length; at += sampleRateHz / 50)
            {
                generator.Generate(sound.AsSpan(at, sampleRateHz / 50));
            }

            Assert.Equal([digit, digit], DtmfTrial.Detect(sound, sampleRateHz).Select(static f => f.Found.Digit));
        }
    }

    [Fact]
    public void Default_IsFinished_AndNoDigitIsRefused()
    {
        Assert.True(default(DtmfGenerator).IsFinished);
        Assert.Throws<ArgumentException>(() => new DtmfGenerator('E', 8000, 100));
        Assert.Throws<ArgumentException>(() => new DtmfGenerator('\u0430', 8000, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DtmfGenerator('1', 8000, 0));
    }
}

using MediaCore.Audio.Tones;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Tones;

public sealed class ToneTests
{
    [Theory]
    [InlineData("us", ToneName.Ringback, 2000, 4000, 440, 480)]
    [InlineData("us", ToneName.Busy, 500, 500, 480, 620)]
    [InlineData("us", ToneName.Congestion, 250, 250, 480, 620)]
    [InlineData("gb", ToneName.Busy, 375, 375, 400, 0)]
    [InlineData("de", ToneName.Ringback, 1000, 4000, 425, 0)]
    [InlineData("de", ToneName.Busy, 480, 480, 425, 0)]
    [InlineData("fr", ToneName.Ringback, 1500, 3500, 440, 0)]
    [InlineData("es", ToneName.Busy, 200, 200, 425, 0)]
    public void Tone_OfACountry_SoundsAndPausesAsListed(string country, ToneName name, int onMs, int offMs, double first, double second)
    {
        Assert.True(CountryTones.TryGet(country, name, out Tone? tone));
        Assert.Equal(TimeSpan.FromMilliseconds(onMs + offMs), tone.Period);
        ToneGenerator generator = new(tone);
        for (int round = 0; round < 3; round++)
        {
            short[] on = new short[onMs * 8];
            short[] off = new short[offMs * 8];
            generator.Generate(on);
            generator.Generate(off);
            Assert.All(off, static s => Assert.Equal(0, s));
            double expected = second == 0 ? -10 : -13.01;
            Assert.InRange(Goertzel.LevelDbm0(on, first), expected - 0.3, expected + 0.3);
            Assert.InRange(Goertzel.TotalLevelDbm0(on), -10.2, -9.8);
            if (second != 0)
            {
                Assert.InRange(Goertzel.LevelDbm0(on, second), expected - 0.3, expected + 0.3);
            }

            Assert.InRange(Goertzel.LevelDbm0(on, 1000), -200, -45);
        }
    }

    [Fact]
    public void Tone_InPieces_IsTheSameAsInOne()
    {
        Assert.True(CountryTones.TryGet("GB", ToneName.Congestion, out Tone? tone));
        short[] whole = new short[40_000];
        new ToneGenerator(tone).Generate(whole);
        short[] pieces = new short[40_000];
        ToneGenerator generator = new(tone);
        for (int at = 0, size = 1; at < pieces.Length; at += size, size = (size * 7 % 331) + 1)
        {
            generator.Generate(pieces.AsSpan(at, Math.Min(size, pieces.Length - at)));
        }

        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void Countries_AllHaveAllTones_AndUnknownOnesNone()
    {
        foreach (string country in CountryTones.Countries)
        {
            foreach (ToneName name in Enum.GetValues<ToneName>())
            {
                Assert.True(CountryTones.TryGet(country, name, out Tone? tone));
                short[] samples = new short[4000];
                new ToneGenerator(tone).Generate(samples);
                Assert.True(Goertzel.TotalLevelDbm0(samples) > -20, $"{country} {name}");
            }
        }

        Assert.False(CountryTones.TryGet("zz", ToneName.Busy, out _));
        Assert.False(CountryTones.TryGet("us", (ToneName)99, out _));
    }

    [Fact]
    public void Tone_WithoutSegments_OrEndlessBesideOthers_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Tone());
        Assert.Throws<ArgumentException>(() => new Tone(new ToneSegment(0, 400), new ToneSegment(100)));
        Assert.Throws<ArgumentException>(() => new Tone(new ToneSegment(-1, 400)));
    }

    [Fact]
    public void Generator_AllocatesNothing()
    {
        Assert.True(CountryTones.TryGet("us", ToneName.Ringback, out Tone? tone));
        ToneGenerator generator = new(tone);
        short[] frame = new short[160];
        AllocationAssert.Zero(warmup: 500, iterations: 500, () => generator.Generate(frame));
    }

    [Fact]
    public void Goertzel_TellsToneFromNoiseAndSilence()
    {
        Random random = new(3);
        short[] noise = new short[1600];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = (short)random.Next(-8000, 8000);
        }

        Assert.False(Goertzel.IsTone(noise, 440));
        Assert.False(Goertzel.IsTone(new short[1600], 440));
        Assert.False(Goertzel.IsTone([], 440));
        short[] tone = new short[1600];
        new ToneGenerator(new Tone(new ToneSegment(0, 440))).Generate(tone);
        Assert.True(Goertzel.IsTone(tone, 440));
        Assert.False(Goertzel.IsTone(tone, 480));
    }
}

using MediaCore.Audio.ComfortNoise;
using MediaCore.Audio.Tests.Quality;

namespace MediaCore.Audio.Tests.ComfortNoise;

public sealed class ComfortNoiseTests
{
    [Theory]
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(60)]
    public void Noise_HasTheLevelThatItsPayloadSays(byte level)
    {
        foreach (byte[] payload in (byte[][])[[level], [level, 60, 140], [(byte)(level | 0x80), 200, 127, 90, 255]])
        {
            ComfortNoiseGenerator generator = new();
            Assert.True(generator.TryUpdate(payload));
            short[] noise = new short[16_000];
            generator.Generate(noise);
            Assert.InRange(NoiseLevel.Measure(noise.AsSpan(1600)), -level - 1, -level + 1);
            Assert.Equal(-level, generator.LevelDbov);
        }
    }

    [Fact]
    public void Spectrum_FollowsTheReflectionCoefficients()
    {
        // The first coefficient −0.8 makes a low-pass: a value is like the one before it.
        Assert.True(Correlation(25) > 0.7);
        Assert.True(Correlation(229) < -0.7);

        static double Correlation(byte coefficient)
        {
            ComfortNoiseGenerator generator = new();
            generator.TryUpdate([30, coefficient]);
            short[] noise = new short[16_000];
            generator.Generate(noise);
            double product = 0;
            double energy = 1;
            for (int i = 1600; i < noise.Length; i++)
            {
                product += (double)noise[i] * noise[i - 1];
                energy += (double)noise[i] * noise[i];
            }

            return product / energy;
        }
    }

    [Fact]
    public void AnyPayload_GivesBoundedNoise()
    {
        ComfortNoiseGenerator generator = new();
        Assert.False(generator.TryUpdate([]));
        Random random = new(3);
        short[] noise = new short[160];
        for (int i = 0; i < 2000; i++)
        {
            byte[] payload = new byte[random.Next(1, 40)];
            random.NextBytes(payload);
            Assert.True(generator.TryUpdate(payload));
            generator.Generate(noise);
        }

        generator.TryUpdate([127]);
        for (int i = 0; i < 20; i++)
        {
            generator.Generate(noise);
        }

        Assert.All(noise, sample => Assert.InRange(sample, -1, 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-45, 45)]
    [InlineData(-127, 127)]
    [InlineData(-300, 127)]
    [InlineData(5, 0)]
    public void Level_IsWrittenWithoutItsSign(int dbov, byte octet) => Assert.Equal(octet, NoiseLevel.ToOctet(dbov));

    [Fact]
    public void Level_OfKnownSounds_IsRight()
    {
        Assert.Equal(-127, NoiseLevel.Measure(new short[160]));
        Assert.Equal(-127, NoiseLevel.Measure([]));
        short[] square = [.. Enumerable.Range(0, 160).Select(i => i % 2 == 0 ? short.MaxValue : short.MinValue)];
        Assert.Equal(0, NoiseLevel.Measure(square));
    }

    [Fact]
    public void Voice_OverNoise_IsFound_AndHeldThroughItsEnd()
    {
        VoiceActivityDetector detector = default;
        Random random = new(9);
        List<bool> found = [];
        short[] voice = Signals.Vowel(8000, 8000, 120);
        for (int i = 0; i < 150; i++)
        {
            // A second of noise at −55 dBov, a second of voice over it, a second of noise.
            short[] frame = [.. Enumerable.Range(0, 160).Select(_ => (short)random.Next(-100, 101))];
            if (i is >= 50 and < 100)
            {
                for (int k = 0; k < 160; k++)
                {
                    frame[k] += (short)(voice[((i - 50) * 160) + k] / 4);
                }
            }

            found.Add(detector.IsSpeech(frame));
        }

        Assert.DoesNotContain(true, found.Take(50));
        Assert.DoesNotContain(false, found.Skip(50).Take(50 + VoiceActivityDetector.HangoverFrames));
        Assert.DoesNotContain(true, found.Skip(100 + VoiceActivityDetector.HangoverFrames));
        Assert.InRange(detector.NoiseDbov, -58, -53);
    }

    [Fact]
    public void DigitalSilence_IsNoSpeech()
    {
        VoiceActivityDetector detector = default;
        Assert.False(detector.IsSpeech(new short[160]));
        Assert.False(detector.IsSpeech(new short[160]));
    }
}

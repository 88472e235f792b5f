using MediaCore.Audio.ComfortNoise;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.ComfortNoise;

/// <summary>The sender's side of RFC 3389: what counts as background, when it is described, and whether the noise made from the description is like it.</summary>
public sealed class NoiseDescriberTests
{
    [Theory]
    [InlineData(-45, 8000, 20, 0)]
    [InlineData(-45, 8000, 20, 0.9)]
    [InlineData(-45, 8000, 20, -0.8)]
    [InlineData(-60, 8000, 10, 0.7)]
    [InlineData(-70, 8000, 30, 0.5)]
    [InlineData(-52, 16_000, 20, 0.9)]
    [InlineData(-52, 16_000, 60, 0.6)]
    public void NoiseMadeFromTheDescription_HasTheSameLevelAndSpectrum(int dbov, int rateHz, int packetMilliseconds, double colour)
    {
        NoiseDescriber describer = new();
        short[] noise = Noise(dbov, rateHz * 7, colour);
        ComfortNoiseGenerator generator = new();
        List<short> heard = [];
        short[] frame = new short[rateHz * packetMilliseconds / 1000];
        for (int at = 0; at + frame.Length <= noise.Length; at += frame.Length)
        {
            NoiseVerdict verdict = describer.Next(noise.AsSpan(at, frame.Length), rateHz);

            // Noise that is there from the beginning may be a voice for all that can be known.
            Assert.True(verdict != NoiseVerdict.Sound || at < 3 * rateHz);
            if (at >= 3 * rateHz && verdict == NoiseVerdict.Describe)
            {
                Assert.Equal(NoiseDescriber.MaxPayloadBytes, describer.Payload.Length);

                // Dull noise is not as loud in each tenth of a second.
                Assert.InRange(describer.Payload[0], -dbov - 3, -dbov + 3);
                Assert.True(generator.TryUpdate(describer.Payload));
            }

            if (at >= 3 * rateHz)
            {
                generator.Generate(frame);
                heard.AddRange(frame);
            }
        }

        short[] settled = [.. heard.Skip(rateHz)];
        Assert.InRange(NoiseLevel.Measure(settled), dbov - 1, dbov + 1);

        // The noise of one pole is like itself a sample later by as much as the pole; what a real 16-bit channel adds to it is in both.
        for (int lag = 1; lag <= 3; lag++)
        {
            Assert.Equal(Correlation(noise, lag), Correlation(settled, lag), 0.1);
        }
    }

    // 20 ms at 50 packets a second: in four seconds of steady noise the first, and one each 400 ms.
    [Fact]
    public void SteadyNoise_IsDescribedAtItsStart_AndEvery400Milliseconds()
    {
        Assert.InRange(Run(Noise(-50, 32_000, 0.6)).Count(static v => v == NoiseVerdict.Describe), 10, 14);
    }

    [Fact]
    public void Voice_IsSound_UntilItsHangoverIsOver_AndThenTheNoiseBehindItIsDescribedAtOnce()
    {
        short[] sound = Noise(-55, 8000 * 3, 0.5);
        short[] voice = Signals.Syllables(8000, 8000);
        for (int i = 0; i < voice.Length; i++)
        {
            sound[8000 + i] += voice[i];
        }

        NoiseDescriber describer = new();
        List<NoiseVerdict> verdicts = Run(sound, describer);
        Assert.DoesNotContain(NoiseVerdict.Sound, verdicts.Take(50));
        Assert.All(verdicts.Skip(52).Take(45), static v => Assert.Equal(NoiseVerdict.Sound, v));
        int end = verdicts.FindLastIndex(static v => v == NoiseVerdict.Sound);
        Assert.InRange(end, 99, 100 + VoiceActivityDetector.HangoverFrames);
        Assert.Equal(NoiseVerdict.Describe, verdicts[end + 1]);
        describer.Reset();
        Run(sound[..(160 * (end + 2))], describer);
        Assert.InRange(describer.Payload[0], 54, 56);
    }

    [Theory]
    [InlineData(-60, 0.5, -54, 0.5)]
    [InlineData(-50, 0.9, -50, -0.9)]
    public void ChangedNoise_IsDescribedAnewWithin200Milliseconds(int fromDbov, double fromColour, int toDbov, double toColour)
    {
        // The change comes right after a description.
        short[] before = Noise(fromDbov, 8000 * 4, fromColour);
        List<NoiseVerdict> first = Run(before);
        int last = first.FindLastIndex(static v => v == NoiseVerdict.Describe);
        List<NoiseVerdict> all = Run([.. before[..((last + 1) * 160)], .. Noise(toDbov, 8000, toColour)]);
        Assert.InRange(all.FindIndex(last + 1, static v => v == NoiseVerdict.Describe), last + 5, last + 10);
    }

    // A modem, a fax or a test tone is steady, too, and must not become noise.
    [Theory]
    [InlineData(-13)]
    [InlineData(-30)]
    [InlineData(-38)]
    public void SteadyTone_StaysSound(int dbov)
    {
        double amplitude = Math.Sqrt(2) * 32768 * Math.Pow(10, dbov / 20.0);
        short[] tone = [.. Enumerable.Range(0, 8000 * 20).Select(i => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * 1004 * i / 8000)))];
        Assert.All(Run(tone), static v => Assert.Equal(NoiseVerdict.Sound, v));
    }

    [Fact]
    public void NoSoundAtAll_IsALevelAlone()
    {
        NoiseDescriber describer = new();
        List<NoiseVerdict> verdicts = Run(new short[8000], describer);
        Assert.DoesNotContain(NoiseVerdict.Sound, verdicts);
        Assert.Equal([127], describer.Payload.ToArray());
    }

    [Fact]
    public void AnyMixture_IsDescribedByLegalOctets()
    {
        Random random = new(5);
        NoiseDescriber describer = new();
        for (int i = 0; i < 3000; i++)
        {
            int amplitude = 1 << random.Next(0, 16);
            int kind = random.Next(4);
            short[] frame = [.. Enumerable.Range(0, 160).Select(k => (short)(kind switch { 0 => random.Next(-amplitude, amplitude), 1 => amplitude - 1, 2 => k % 2 == 0 ? amplitude - 1 : -amplitude, _ => k == 7 ? amplitude - 1 : 0 }))];
            if (describer.Next(frame, 8000) == NoiseVerdict.Describe)
            {
                Assert.True(describer.Payload[0] < 128);
                Assert.DoesNotContain((byte)255, describer.Payload[1..].ToArray());
            }
        }
    }

    [Fact]
    public void Describing_AllocatesNothing()
    {
        NoiseDescriber describer = new();
        short[] noise = Noise(-50, 160, 0.5);
        AllocationAssert.Zero(warmup: 500, iterations: 500, () => describer.Next(noise, 8000));
    }

    private static List<NoiseVerdict> Run(short[] sound, NoiseDescriber? describer = null)
    {
        describer ??= new NoiseDescriber();
        List<NoiseVerdict> verdicts = [];
        for (int at = 0; at + 160 <= sound.Length; at += 160)
        {
            verdicts.Add(describer.Next(sound.AsSpan(at, 160), 8000));
        }

        return verdicts;
    }

    /// <summary>Noise of one pole: white for 0, dull above, sharp below.</summary>
    private static short[] Noise(int dbov, int samples, double colour)
    {
        Random random = new(dbov + samples);
        double amplitude = 32768 * Math.Pow(10, dbov / 20.0) * Math.Sqrt(3 * (1 - (colour * colour)));
        double value = 0;
        return [.. Enumerable.Range(0, samples).Select(_ =>
        {
            value = (colour * value) + (amplitude * ((2 * random.NextDouble()) - 1));
            return (short)Math.Round(value);
        })];
    }

    private static double Correlation(short[] sound, int lag)
    {
        double product = 0;
        double energy = 1;
        for (int i = lag; i < sound.Length; i++)
        {
            product += (double)sound[i] * sound[i - lag];
            energy += (double)sound[i] * sound[i];
        }

        return product / energy;
    }
}

using MediaCore.Audio.Concealment;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Wave;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.Concealment;

public sealed class LossConcealerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    public void WithoutLoss_TheSoundComesOutUnchanged_LaterByTheDelay(int rate)
    {
        short[] sound = Signals.Vowel(rate, rate, 150);
        (short[] concealed, _) = LossSimulation.Run(sound, rate, 0, 1);
        Assert.Equal(rate * 3 / 800, new LossConcealer(rate).DelaySamples);
        Assert.Equal(sound.AsSpan(0, rate - 200), concealed.AsSpan(0, rate - 200));
    }

    [Theory]
    [InlineData(8000, 70, 1)]
    [InlineData(8000, 120, 1)]
    [InlineData(8000, 195, 1)]
    [InlineData(16000, 120, 1)]
    [InlineData(8000, 70, 2)]
    [InlineData(8000, 120, 2)]
    [InlineData(8000, 195, 2)]
    [InlineData(16000, 120, 2)]
    [InlineData(8000, 120, 3)]
    public void TensOfMilliseconds_OfAVoice_AreFilledWithItsPeriods(int rate, double pitchHz, int blocks)
    {
        short[] sound = Signals.Vowel(rate, rate, pitchHz);
        int block = rate / 100;
        LossConcealer concealer = new(rate);
        short[] heard = (short[])sound.Clone();
        for (int i = 0; i < 100; i++)
        {
            Span<short> frame = heard.AsSpan(i * block, block);
            if (i >= 50 && i < 50 + blocks)
            {
                concealer.Conceal(frame);
            }
            else
            {
                concealer.Receive(frame);
            }
        }

        double snr = SegmentalSnr.Decibels(sound.AsSpan(50 * block, (blocks + 1) * block), heard.AsSpan((50 * block) + concealer.DelaySamples, (blocks + 1) * block), rate);
        output.WriteLine($"{snr:F1} dB");
        Assert.True(snr > 5, $"{snr:F1} dB");
    }

    [Fact]
    public void LongLoss_FadesAndIsSilentAfterSixtyMilliseconds()
    {
        LossConcealer concealer = new(8000);
        short[] sound = Signals.Vowel(8000, 4000, 120);
        concealer.Receive(sound);
        short[] gap = new short[1600];
        concealer.Conceal(gap);
        int[] peaks = [.. gap.Chunk(80).Select(block => block.Max(sample => Math.Abs((int)sample)))];
        Assert.True(peaks[1] > 5000 && peaks[3] < peaks[1] && peaks[5] < peaks[3], string.Join(' ', peaks));
        Assert.All(gap.AsSpan((6 * 80) + concealer.DelaySamples).ToArray(), sample => Assert.Equal(0, sample));
        short[] after = Signals.Vowel(8000, 800, 120);
        concealer.Receive(after);
        Assert.Equal(Signals.Vowel(8000, 800, 120).AsSpan(200, 300), after.AsSpan(200 + concealer.DelaySamples, 300));
    }

    [Fact]
    public void Loss_BeforeAnySound_IsSilence()
    {
        LossConcealer concealer = new(8000);
        short[] frame = new short[160];
        frame.AsSpan().Fill(77);
        concealer.Conceal(frame);
        Assert.All(frame, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void AnyFrameLengths_AreTaken_AndFullScaleDoesNotWrap()
    {
        Random random = new(4);
        LossConcealer concealer = new(8000);
        for (int i = 0; i < 3000; i++)
        {
            short[] frame = new short[random.Next(0, 400)];
            int low = frame.Length;
            for (int k = 0; k < low; k++)
            {
                frame[k] = random.Next(2) == 0 ? short.MinValue : short.MaxValue;
            }

            if (random.Next(3) == 0)
            {
                concealer.Conceal(frame);
            }
            else
            {
                concealer.Receive(frame);
            }
        }

        concealer.Reset();
        short[] quiet = new short[160];
        concealer.Conceal(quiet);
        Assert.All(quiet, sample => Assert.Equal(0, sample));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.03)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void RecordedSpeech_IsCloserToItselfThanWithSilence(double loss)
    {
        if (SharedData.TryGetPath("audio", "asterisk-testsuite", "talking.wav") is not { } path)
        {
            output.WriteLine("Left out: 1 case, audio/asterisk-testsuite/talking.wav is not on this machine.");
            return;
        }

        Assert.True(WaveFile.TryRead(File.ReadAllBytes(path), out WaveFile? wave, out _));
        double distance = 0;
        double silence = 0;
        for (int seed = 1; seed <= 4; seed++)
        {
            (short[] concealed, short[] silenced) = LossSimulation.Run(wave.Samples, wave.SampleRateHz, loss, seed);
            distance += LogSpectralDistance.Decibels(wave.Samples, concealed, wave.SampleRateHz);
            silence += LogSpectralDistance.Decibels(wave.Samples, silenced, wave.SampleRateHz);
        }

        output.WriteLine($"{loss:P0}: {distance / 4:F2} dB concealed, {silence / 4:F2} dB with silence");
        Assert.True(distance < 0.85 * silence);
    }

    [Fact]
    public void Frames_ReceivedAndConcealed_AllocateNothing()
    {
        LossConcealer concealer = new(8000);
        short[] frame = new short[160];
        int turn = 0;
        AllocationAssert.Zero(5_000, 5_000, () =>
        {
            if (turn++ % 10 < 2)
            {
                concealer.Conceal(frame);
            }
            else
            {
                concealer.Receive(frame);
            }
        });
    }
}

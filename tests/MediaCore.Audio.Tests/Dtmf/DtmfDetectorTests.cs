using MediaCore.Audio.Codecs;
using MediaCore.Audio.Dtmf;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Wave;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.Dtmf;

/// <summary>The limits of ITU-T Q.24, AT&amp;T's column, each from both sides.</summary>
public sealed class DtmfDetectorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    [InlineData(24_000)]
    [InlineData(48_000)]
    public void Digit_AtAnyRate_IsFoundOnce_WithItsLength(int sampleRateHz)
    {
        DtmfTrial trial = new() { SampleRateHz = sampleRateHz, ToneMilliseconds = 100, Digits = 16 };
        (short[] sound, List<(int At, char Digit)> sent) = trial.Create();
        List<(int At, DtmfDetection Found)> found = DtmfTrial.Detect(sound, sampleRateHz);
        Assert.Equal(sent.Select(static s => s.Digit), found.Where(static f => !f.Found.HasEnded).Select(static f => f.Found.Digit));
        Assert.Equal(sent.Select(static s => s.Digit), found.Where(static f => f.Found.HasEnded).Select(static f => f.Found.Digit));
        Assert.All(found.Where(static f => f.Found.HasEnded), static f => Assert.InRange(f.Found.Milliseconds, 95, 105));
        Assert.All(found, static f => Assert.InRange(f.Found.LevelDbm0, -9.5, -8.5));

        // It is told early: 35 ms of tone, the window, and a step.
        Assert.All(sent.Zip(found.Where(static f => !f.Found.HasEnded)), pair => Assert.InRange((pair.Second.At - pair.First.At) * 1000 / sampleRateHz, 30, 50));
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(45, 48)]
    [InlineData(50, 40)]
    [InlineData(200, 40)]
    public void Tone_OfAllowedLength_IsFound(int tone, int pause) => AssertAll(new DtmfTrial { ToneMilliseconds = tone, PauseMilliseconds = pause });

    [Theory]
    [InlineData(23)]
    [InlineData(15)]
    public void Tone_ThatIsTooShort_IsNone(int tone) => AssertNone(new DtmfTrial { ToneMilliseconds = tone });

    [Theory]
    [InlineData(10)]
    [InlineData(5)]
    public void Interruption_OfTenMilliseconds_DoesNotMakeTwo(int milliseconds) =>
        AssertAll(new DtmfTrial { ToneMilliseconds = 120, InterruptionMilliseconds = milliseconds });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-25, 0)]
    [InlineData(-17, -8)]
    [InlineData(-25, 4)]
    [InlineData(0, -8)]
    [InlineData(-4, 4)]
    [InlineData(-30, 2)]
    public void Level_AndTwist_WithinLimits_AreFound(double levelDbm0, double twistDb) => AssertAll(new DtmfTrial { LevelDbm0 = levelDbm0, TwistDb = twistDb, ToneMilliseconds = 50 });

    [Theory]
    [InlineData(-55, 0)]
    [InlineData(-12, -12)]
    [InlineData(-12, 9)]
    public void Level_OrTwist_BeyondLimits_IsNone(double levelDbm0, double twistDb) => AssertNone(new DtmfTrial { LevelDbm0 = levelDbm0, TwistDb = twistDb });

    [Theory]
    [InlineData(0.015)]
    [InlineData(-0.015)]
    public void Frequency_WithinTolerance_IsFound(double deviation) => AssertAll(new DtmfTrial { Deviation = deviation, ToneMilliseconds = 40 });

    [Theory]
    [InlineData(0.035)]
    [InlineData(-0.035)]
    public void Frequency_BeyondTolerance_IsNone(double deviation) => AssertNone(new DtmfTrial { Deviation = deviation, ToneMilliseconds = 100 });

    [Theory]
    [InlineData(20, 40, 1.0)]
    [InlineData(15, 40, 0.99)]
    [InlineData(12, 60, 0.98)]
    [InlineData(9, 80, 0.95)]
    public void Digits_InNoise_AreFound(double snrDb, int tone, double rate)
    {
        (int sent, int found, int wrong) = new DtmfTrial { SnrDb = snrDb, ToneMilliseconds = tone, Digits = 320 }.Run();
        output.WriteLine($"{snrDb} dB: {found} of {sent}, {wrong} false");
        Assert.True(found >= rate * sent, $"{found} of {sent}");
        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData("PCMU")]
    [InlineData("PCMA")]
    [InlineData("G722")]
    public void Digits_ThroughACodec_AreFound(string name)
    {
        CodecDescriptor codec = CodecDescriptor.All.First(c => c.EncodingName == name);
        foreach (double level in new double[] { -3, -12, -25 })
        {
            AssertAll(new DtmfTrial { SampleRateHz = codec.SampleRateHz, LevelDbm0 = level, ToneMilliseconds = 45 }, codec);
        }
    }

    [Fact]
    public void Noise_SingleTones_AndOtherPairs_AreNone()
    {
        Random random = new(5);
        short[] sound = new short[80_000];
        for (int i = 0; i < sound.Length; i++)
        {
            sound[i] = (short)random.Next(-9000, 9000);
        }

        Assert.Empty(DtmfTrial.Detect(sound, 8000));
        foreach ((double first, double second) in new (double, double)[] { (697, 770), (350, 440), (941, 0), (0, 1336), (425, 0), (480, 620), (1209, 1477), (2100, 0), (1100, 0), (735, 1270) })
        {
            for (int i = 0; i < sound.Length; i++)
            {
                sound[i] = (short)(6000 * (Math.Sin(2 * Math.PI * first * i / 8000) + Math.Sin(2 * Math.PI * second * i / 8000)));
            }

            Assert.Empty(DtmfTrial.Detect(sound, 8000));
        }
    }

    /// <summary>A vowel whose harmonics come by DTMF frequencies has them among many others.</summary>
    [Fact]
    public void Vowels_OfAllPitches_AreNone()
    {
        for (double pitch = 80; pitch < 420; pitch *= 1.01)
        {
            Assert.Empty(DtmfTrial.Detect(Signals.Vowel(8000, 4000, pitch), 8000));
        }
    }

    /// <summary>Recorded speech holds no digits; the figures over hours of it are in perf/results.</summary>
    [Theory]
    [InlineData("asterisk-sounds/demo-echodone.wav")]
    [InlineData("asterisk-testsuite/talking.wav")]
    [InlineData("freeswitch/test.wav")]
    [InlineData("jambonz/speak-to-customer-support.wav")]
    public void Speech_HoldsNone(string path)
    {
        if (SharedData.TryGetPath(["audio", .. path.Split('/')]) is not { } file)
        {
            output.WriteLine($"Left out: 1 case, audio/{path} is not on this machine.");
            return;
        }

        Assert.True(WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out _));
        Assert.Empty(DtmfTrial.Detect(wave.Samples, wave.SampleRateHz));
    }

    [Fact]
    public void Sound_InPieces_GivesTheSame()
    {
        (short[] sound, _) = new DtmfTrial { Digits = 32, SnrDb = 20 }.Create();
        List<(int At, DtmfDetection Found)> whole = DtmfTrial.Detect(sound, 8000);
        DtmfDetector detector = new();
        List<(int At, DtmfDetection Found)> pieces = [];
        for (int at = 0, size = 1; at < sound.Length; size = (size * 7 % 331) + 1)
        {
            ReadOnlySpan<short> piece = sound.AsSpan(at, Math.Min(size, sound.Length - at));
            while (!piece.IsEmpty)
            {
                int taken = detector.Process(piece, out DtmfDetection found);
                piece = piece[taken..];
                at += taken;
                if (!found.IsNone)
                {
                    pieces.Add((at, found));
                }
            }
        }

        Assert.Equal(whole, pieces);
        detector.Reset();
        Assert.Equal('\0', detector.Digit);
    }

    [Fact]
    public void Detector_AllocatesNothing()
    {
        (short[] sound, _) = new DtmfTrial { Digits = 8 }.Create();
        DtmfDetector detector = new();
        int at = 0;
        AllocationAssert.Zero(warmup: 500, iterations: 500, () =>
        {
            at = at + 160 > sound.Length ? 0 : at;
            at += detector.Process(sound.AsSpan(at, Math.Min(160, sound.Length - at)), out _);
        });
    }

    [Theory]
    [InlineData(44_100)]
    [InlineData(0)]
    public void Rate_ThatIsNone_IsRefused(int rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new DtmfDetector(rate));

    private void AssertAll(DtmfTrial trial, params CodecDescriptor[] codecs)
    {
        (int sent, int found, int wrong) = trial.Run(codecs);
        output.WriteLine($"{trial}: {found} of {sent}, {wrong} false");
        Assert.Equal((sent, 0), (found, wrong));
    }

    private static void AssertNone(DtmfTrial trial) => Assert.Empty(DtmfTrial.Detect(trial.Create().Sound, trial.SampleRateHz));
}

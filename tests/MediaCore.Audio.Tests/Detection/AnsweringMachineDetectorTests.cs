using MediaCore.Audio.Detection;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Tones;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Detection;

public sealed class AnsweringMachineDetectorTests
{
    [Theory]
    [InlineData(400, 600, 1)]
    [InlineData(1000, 300, 1)]
    [InlineData(300, 400, 2)]
    [InlineData(2500, 900, 1)]
    public void ShortGreeting_ThenSilence_IsAPerson(int before, int word, int words)
    {
        List<short> sound = [.. Quiet(before)];
        for (int i = 0; i < words; i++)
        {
            sound.AddRange([.. Signals.Vowel(8000, word * 8, 140), .. Quiet(150)]);
        }

        sound.AddRange(Quiet(3000));
        (AnswererVerdict verdict, int decidedAfter, bool beeped) = Run([.. sound]);
        Assert.Equal(AnswererVerdict.Person, verdict);
        Assert.InRange(decidedAfter, before + word, before + ((word + 150) * words) + 1000);
        Assert.False(beeped);
    }

    [Fact]
    public void LongGreeting_IsAMachine_AndItsBeepIsTold()
    {
        short[] beep = new short[8000 / 2];
        new ToneGenerator(new Tone(new ToneSegment(0, 1000))).Generate(beep);
        (AnswererVerdict verdict, int decidedAfter, bool beeped) = Run([.. Quiet(500), .. Signals.Syllables(8000, 48_000), .. Quiet(400), .. beep, .. Quiet(1000)]);
        Assert.Equal((AnswererVerdict.Machine, true), (verdict, beeped));
        Assert.InRange(decidedAfter, 1500, 3000);
    }

    [Theory]
    [InlineData(46)]
    [InlineData(150)]
    [InlineData(260)]
    public void ShortGreeting_OnANoisyLine_IsAPerson(int noise)
    {
        Random random = new(5);
        short[] sound = [.. Quiet(1500), .. Signals.Vowel(8000, 400 * 8, 140), .. Quiet(2500)];
        for (int i = 0; i < sound.Length; i++)
        {
            sound[i] = (short)(sound[i] + random.Next(-noise, noise + 1));
        }

        (AnswererVerdict verdict, int decidedAfter, _) = Run(sound);
        Assert.Equal(AnswererVerdict.Person, verdict);
        Assert.InRange(decidedAfter, 1900 + 800, 1900 + 1100);
    }

    [Fact]
    public void Silence_ForLong_IsAMachine() => Assert.Equal(AnswererVerdict.Machine, Run(Quiet(6000)).Verdict);

    [Theory]
    [InlineData("gb")]
    [InlineData("de")]
    [InlineData("fr")]
    public void BusyTone_OfOneFrequency_IsNoBeep(string country)
    {
        Assert.True(CountryTones.TryGet(country, ToneName.Busy, out Tone? busy));
        short[] sound = new short[8000 * 6];
        new ToneGenerator(busy).Generate(sound);
        Assert.False(Run(sound).Beeped);
    }

    [Fact]
    public void Beep_OfABusyTonesPitch_AfterAGreeting_IsTold()
    {
        short[] beep = new short[8000 / 2];
        new ToneGenerator(new Tone(new ToneSegment(0, 440))).Generate(beep);
        Assert.True(Run([.. Quiet(500), .. Signals.Syllables(8000, 48_000), .. Quiet(400), .. beep, .. Quiet(1000)]).Beeped);
    }

    [Fact]
    public void BeepAtOnce_IsAMachine()
    {
        short[] beep = new short[8000 / 4];
        new ToneGenerator(new Tone(new ToneSegment(0, 1400))).Generate(beep);
        Assert.Equal((AnswererVerdict.Machine, true), Run([.. Quiet(300), .. beep, .. Quiet(500)]) is var (v, _, b) ? (v, b) : default);
    }

    [Fact]
    public void Speech_HasNoBeeps()
    {
        BeepDetector detector = new();
        short[] speech = Signals.Syllables(8000, 240_000, seed: 3);
        for (int at = 0; at < speech.Length; at += 160)
        {
            Assert.False(detector.Process(speech.AsSpan(at, 160)));
        }
    }

    [Fact]
    public void Detector_AllocatesNothing()
    {
        AnsweringMachineDetector detector = new(AnsweringMachineOptions.Default);
        short[] speech = Signals.Syllables(8000, 16_000);
        int at = 0;
        AllocationAssert.Zero(warmup: 300, iterations: 300, () =>
        {
            detector.Process(speech.AsSpan(at, 160));
            at = (at + 160) % (speech.Length - 160);
        });
    }

    private static (AnswererVerdict Verdict, int DecidedAfter, bool Beeped) Run(ReadOnlySpan<short> sound)
    {
        AnsweringMachineDetector detector = new(AnsweringMachineOptions.Default);
        for (int at = 0; at + 160 <= sound.Length; at += 160)
        {
            detector.Process(sound.Slice(at, 160));
        }

        return (detector.Verdict, detector.DecidedAfter, detector.HasBeeped);
    }

    private static short[] Quiet(int milliseconds)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, milliseconds * 8).Select(_ => (short)random.Next(-9, 10))];
    }
}

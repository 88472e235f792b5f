using MediaCore.Audio.Codecs;
using MediaCore.Audio.Detection;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.Detection;

public sealed class ToneDetectorTests(ITestOutputHelper output)
{
    public static TheoryData<string, ToneName> AllTones()
    {
        TheoryData<string, ToneName> data = [];
        foreach (string country in CountryTones.Countries.Order(StringComparer.Ordinal))
        {
            foreach (ToneName name in Enum.GetValues<ToneName>())
            {
                data.Add(country, name);
            }
        }

        return data;
    }

    /// <summary>Each tone is told once in 12 s of it, through A-law, with noise 20 dB below, from any point of its cadence on; and no other is.</summary>
    [Theory]
    [MemberData(nameof(AllTones))]
    public void Tone_OfACountry_IsToldOnce(string country, ToneName name)
    {
        foreach (int skippedMilliseconds in new[] { 0, 130, 700 })
        {
            short[] sound = Play(country, name, 12_000 + skippedMilliseconds)[(skippedMilliseconds * 8)..];
            Noise(sound, 200);
            List<LineTone> found = Detect(DtmfTrial.Through(CodecDescriptor.Pcma, sound), country, 8000);
            output.WriteLine($"{skippedMilliseconds}: {string.Join(' ', found)}");

            // Australia has one tone for both.
            Assert.Equal([country == "au" && name == ToneName.Congestion ? LineTone.Busy : Enum.Parse<LineTone>(name.ToString())], found);
        }
    }

    [Fact]
    public void SpecialInformation_IsTold()
    {
        short[] sound = new short[3 * 8000];
        ToneGenerator generator = new(new Tone(new ToneSegment(330, 950), new ToneSegment(330, 1400), new ToneSegment(330, 1800), new ToneSegment(1000)));
        generator.Generate(sound.AsSpan(4000));
        Assert.Equal([LineTone.SpecialInformation], Detect(sound, "us", 8000));
    }

    [Theory]
    [InlineData(8000, 1100)]
    [InlineData(16_000, 1130)]
    public void FaxCalling_IsTold(int sampleRateHz, double hertz)
    {
        short[] sound = new short[5 * sampleRateHz];
        new ToneGenerator(new Tone(new ToneSegment(500, hertz), new ToneSegment(3000)), sampleRateHz).Generate(sound.AsSpan(sampleRateHz / 4));
        Assert.Equal([LineTone.FaxCalling], Detect(sound, "de", sampleRateHz));
    }

    /// <summary>CED, and ANSam with its phase reversals every 450 ms (V.8).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FaxAnswer_IsTold(bool reverses)
    {
        short[] sound = new short[4 * 8000];
        for (int i = 2000; i < 28_000; i++)
        {
            double sign = reverses && i / 3600 % 2 == 1 ? -1 : 1;
            sound[i] = (short)(sign * 6000 * (1 + (reverses ? 0.2 * Math.Sin(2 * Math.PI * 15 * i / 8000) : 0)) * Math.Sin(2 * Math.PI * 2100 * i / 8000));
        }

        Assert.Equal(LineTone.FaxAnswer, Detect(sound, "us", 8000)[0]);
        Assert.Single(Detect(sound, "us", 8000).Distinct());
    }

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
        foreach (string country in CountryTones.Countries)
        {
            Assert.Empty(Detect(wave.Samples, country, wave.SampleRateHz));
        }
    }

    [Fact]
    public void Noise_Silence_AndOtherTones_AreNone()
    {
        short[] sound = new short[80_000];
        Assert.Empty(Detect(sound, "us", 8000));
        Noise(sound, 5000);
        Assert.Empty(Detect(sound, "us", 8000));
        new ToneGenerator(new Tone(new ToneSegment(0, 1000))).Generate(sound);
        Assert.Empty(Detect(sound, "us", 8000));
        new ToneGenerator(new Tone(new ToneSegment(600, 480, 620), new ToneSegment(1500))).Generate(sound);
        Assert.Empty(Detect(sound, "us", 8000));
    }

    [Fact]
    public void Detector_AllocatesNothing_AndKnowsItsCountries()
    {
        short[] sound = Play("us", ToneName.Busy, 4000);
        ToneDetector detector = new("US");
        int at = 0;
        AllocationAssert.Zero(warmup: 500, iterations: 500, () =>
        {
            detector.Process(sound.AsSpan(at, 160));
            at = (at + 160) % (sound.Length - 160);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToneDetector("zz"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToneDetector("us", 44_100));
    }

    /// <summary>Half a second of silence, tone, and frames of 20 ms.</summary>
    private static List<LineTone> Detect(ReadOnlySpan<short> sound, string country, int sampleRateHz)
    {
        ToneDetector detector = new(country, sampleRateHz);
        List<LineTone> found = [];
        for (int at = 0; at < sound.Length; at += sampleRateHz / 50)
        {
            LineTone tone = detector.Process(sound.Slice(at, Math.Min(sampleRateHz / 50, sound.Length - at)));
            if (tone != LineTone.None)
            {
                found.Add(tone);
            }
        }

        return found;
    }

    private static short[] Play(string country, ToneName name, int milliseconds)
    {
        Assert.True(CountryTones.TryGet(country, name, out Tone? tone));
        short[] sound = new short[milliseconds * 8];
        new ToneGenerator(tone).Generate(sound);
        return sound;
    }

    private static void Noise(short[] sound, int amplitude)
    {
        Random random = new(9);
        for (int i = 0; i < sound.Length; i++)
        {
            sound[i] = (short)(sound[i] + random.Next(-amplitude, amplitude + 1));
        }
    }
}

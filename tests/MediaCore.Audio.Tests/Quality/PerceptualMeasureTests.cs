using MediaCore.Audio.G711;

namespace MediaCore.Audio.Tests.Quality;

/// <summary>The measures behave as their papers say: 1 (or 0 dB) for the same, worse with each step of noise, deaf to level, near nothing where nothing is in common.</summary>
public sealed class PerceptualMeasureTests
{
    private const int Rate = 16_000;

    private static readonly short[] s_speech = Signals.Syllables(Rate, 4 * Rate);

    [Fact]
    public void TheSameSound_IsPerfect()
    {
        Assert.Equal(1, Intelligibility.Stoi(s_speech, s_speech, Rate), 6);
        Assert.Equal(1, Intelligibility.Estoi(s_speech, s_speech, Rate), 6);
        Assert.Equal(0, CepstralDistance.Decibels(s_speech, s_speech, Rate), 6);
    }

    [Fact]
    public void Level_DoesNotCount()
    {
        short[] half = [.. s_speech.Select(static sample => (short)(sample / 2))];
        Assert.InRange(Intelligibility.Stoi(s_speech, half, Rate), 0.999, 1);
        Assert.InRange(Intelligibility.Estoi(s_speech, half, Rate), 0.99, 1);
        Assert.InRange(CepstralDistance.Decibels(s_speech, half, Rate), 0, 0.5);
    }

    [Fact]
    public void MoreNoise_IsWorse_ByEachMeasure()
    {
        double[] ratios = [40, 30, 20, 10, 0, -10];
        double[] stoi = [.. ratios.Select(ratio => Intelligibility.Stoi(s_speech, WithNoise(ratio), Rate))];
        double[] estoi = [.. ratios.Select(ratio => Intelligibility.Estoi(s_speech, WithNoise(ratio), Rate))];
        double[] cepstral = [.. ratios.Select(ratio => CepstralDistance.Decibels(s_speech, WithNoise(ratio), Rate))];
        Assert.Equal(stoi.OrderDescending(), stoi);
        Assert.Equal(estoi.OrderDescending(), estoi);
        Assert.Equal(cepstral.Order(), cepstral);
        Assert.InRange(stoi[0], 0.99, 1);
        Assert.InRange(stoi[^1], 0, 0.75);

        // ESTOI is the stricter of the two.
        Assert.All(stoi.Zip(estoi).Skip(1), static pair => Assert.True(pair.Second < pair.First));
    }

    [Fact]
    public void NoiseAlone_HasNothingInCommon()
    {
        Random random = new(2);
        short[] noise = [.. s_speech.Select(_ => (short)random.Next(-3000, 3001))];

        // STOI holds the envelope within 15 dB of the clean one, so that noise follows the pauses; ESTOI compares the spectra as well.
        Assert.InRange(Intelligibility.Stoi(s_speech, noise, Rate), -0.2, 0.5);
        Assert.InRange(Intelligibility.Estoi(s_speech, noise, Rate), -0.1, 0.1);
        Assert.True(CepstralDistance.Decibels(s_speech, noise, Rate) > 4);
    }

    [Fact]
    public void G711_IsWorseThanNothing_AndTwiceIsWorseThanOnce()
    {
        short[] once = ThroughG711(s_speech);
        short[] thrice = ThroughG711([.. once.Select(static sample => (short)(sample * 0.9))]);
        Assert.InRange(CepstralDistance.Decibels(s_speech, once, Rate), 0.01, 3);
        Assert.True(CepstralDistance.Decibels(s_speech, thrice, Rate) > CepstralDistance.Decibels(s_speech, once, Rate));
        Assert.InRange(Intelligibility.Stoi(s_speech, once, Rate), 0.99, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(333)]
    public void Alignment_FindsTheDelay(int delay)
    {
        short[] delayed = [.. new short[delay], .. s_speech];
        Assert.Equal(delay, Alignment.Find(s_speech, delayed, 400));
    }

    // What a jitter buffer does to the time is taken out of the comparison; what is wrong with the sound is not.
    [Fact]
    public void Following_TakesChangesOfTheDelayOut_AndNothingElse()
    {
        const int rate = 8000;
        short[] speech = Signals.Syllables(rate, 3 * rate);
        int late = rate / 1000 * 9;
        int early = rate / 1000 * 14;
        short[] moved = [.. new short[80], .. speech[..rate], .. speech[(rate - late)..(2 * rate)], .. speech[((2 * rate) + early)..], .. new short[1000]];
        Assert.InRange(Intelligibility.Stoi(speech, moved.AsSpan(80), rate), 0, 0.98);
        Assert.InRange(Intelligibility.Stoi(speech, Alignment.Follow(speech, moved, 80, rate), rate), 0.99, 1);
        Random random = new(1);
        short[] noisy = [.. speech.Select(sample => (short)Math.Clamp(sample + random.Next(-1500, 1501), short.MinValue, short.MaxValue)), .. new short[1000]];
        Assert.Equal(Intelligibility.Stoi(speech, noisy, rate), Intelligibility.Stoi(speech, Alignment.Follow(speech, noisy, 0, rate), rate), 0.03);
    }

    private static short[] ThroughG711(short[] samples)
    {
        byte[] codes = new byte[samples.Length];
        short[] decoded = new short[samples.Length];
        Pcma.Encode(samples, codes);
        Pcma.Decode(codes, decoded);
        return decoded;
    }

    private static short[] WithNoise(double ratioDecibels)
    {
        Random random = new(11);
        double power = s_speech.Average(static sample => (double)sample * sample);

        // Uniform noise of ± a has a power of a² ⁄ 3.
        double amplitude = Math.Sqrt(3 * power / Math.Pow(10, ratioDecibels / 10));
        return [.. s_speech.Select(sample => (short)Math.Clamp(sample + (amplitude * ((2 * random.NextDouble()) - 1)), short.MinValue, short.MaxValue))];
    }
}

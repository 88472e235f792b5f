using MediaCore.Audio.Dtmf;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Tests.Dtmf;

public sealed class DtmfSuppressorTests
{
    [Theory]
    [InlineData(8000, 160)]
    [InlineData(16_000, 320)]
    [InlineData(8000, 37)]
    public void Digits_AreTold_AndTakenOut(int sampleRateHz, int frame)
    {
        DtmfTrial trial = new() { SampleRateHz = sampleRateHz, Digits = 32, ToneMilliseconds = 80, SnrDb = 25 };
        (short[] sound, List<(int At, char Digit)> sent) = trial.Create();
        string told = Suppress(sound, sampleRateHz, frame);
        Assert.Equal(new string([.. sent.Select(static s => s.Digit)]), told);
        Assert.Empty(DtmfTrial.Detect(sound, sampleRateHz));

        // What is left of a digit is its first few milliseconds.
        int window = sampleRateHz / 100;
        int loud = Enumerable.Range(0, sound.Length / window).Count(i => Goertzel.TotalLevelDbm0(sound.AsSpan(i * window, window)) > -20);
        Assert.InRange(loud, 0, sent.Count * 2);
    }

    [Fact]
    public void Speech_PassesUnchanged_Later()
    {
        short[] speech = Signals.Syllables(8000, 16_000);
        short[] heard = [.. speech];
        Assert.Equal("", Suppress(heard, 8000, 160));
        int delay = 8 * DtmfSuppressor.DelayMilliseconds;
        Assert.Equal(speech[..^delay], heard[delay..]);
    }

    private static string Suppress(short[] sound, int sampleRateHz, int frame)
    {
        DtmfSuppressor suppressor = new(sampleRateHz);
        string told = "";
        for (int at = 0; at < sound.Length; at += frame)
        {
            Span<short> rest = sound.AsSpan(at, Math.Min(frame, sound.Length - at));
            while (!rest.IsEmpty)
            {
                rest = rest[suppressor.Process(rest, out DtmfDetection found)..];
                told += found is { IsNone: false, HasEnded: false } ? found.Digit : "";
            }
        }

        return told;
    }
}

using MediaCore.Audio.Tones;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>DTMF digits as sound, made and read by the simplest means there are (ITU-T Q.23): eight filters, and nothing of the server's own detector.</summary>
internal static class DigitSound
{
    private const string Keys = "123A456B789C*0#D";
    private const int StepSamples = 80;
    private const int WindowSamples = 240;
    private static readonly int[] s_low = [697, 770, 852, 941];
    private static readonly int[] s_high = [1209, 1336, 1477, 1633];

    /// <summary>Digits of 100 ms with 100 ms of silence behind each.</summary>
    public static short[] Make(string digits) =>
        [.. digits.SelectMany(digit => Enumerable.Range(0, 1600).Select(i => i < 800 ? Sample(Keys.IndexOf(digit, StringComparison.Ordinal), i) : (short)0))];

    /// <summary>The digits in a sound, each as often as it was pressed.</summary>
    public static string Read(ReadOnlySpan<short> sound)
    {
        string digits = "";
        char before = ' ';
        char told = ' ';
        for (int at = 0; at + WindowSamples <= sound.Length; at += StepSamples)
        {
            // Two windows in a row make it one, and end it.
            char now = Look(sound.Slice(at, WindowSamples));
            if (now == before && now != told)
            {
                told = now;
                digits += now == ' ' ? "" : now;
            }

            before = now;
        }

        return digits;
    }

    private static short Sample(int key, int at) =>
        (short)(4000 * (Math.Sin(2 * Math.PI * s_low[key / 4] * at / 8000) + Math.Sin(2 * Math.PI * s_high[key % 4] * at / 8000)));

    private static char Look(ReadOnlySpan<short> window)
    {
        (int low, double lowLevel) = Loudest(window, s_low);
        (int high, double highLevel) = Loudest(window, s_high);
        double total = Goertzel.TotalLevelDbm0(window);
        return lowLevel > -30 && highLevel > -30 && lowLevel > total - 8 && highLevel > total - 8 ? Keys[(4 * low) + high] : ' ';
    }

    private static (int Index, double Level) Loudest(ReadOnlySpan<short> window, int[] frequencies)
    {
        double[] levels = new double[4];
        for (int i = 0; i < 4; i++)
        {
            levels[i] = Goertzel.LevelDbm0(window, frequencies[i]);
        }

        int best = Array.IndexOf(levels, levels.Max());
        return (best, levels[best]);
    }
}

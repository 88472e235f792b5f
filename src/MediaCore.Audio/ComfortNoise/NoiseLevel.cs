namespace MediaCore.Audio.ComfortNoise;

/// <summary>The level octet of RFC 3389 §3.1. Static and stateless.</summary>
public static class NoiseLevel
{
    /// <summary>The level of a frame in dBov, −127 to 0: 0 is a full-scale square wave.</summary>
    public static int Measure(ReadOnlySpan<short> frame)
    {
        double energy = 0;
        foreach (short sample in frame)
        {
            energy += (double)sample * sample;
        }

        return energy == 0 ? -127 : (int)Math.Clamp(Math.Round(10 * Math.Log10(energy / frame.Length / (32768.0 * 32768))), -127, 0);
    }

    /// <summary>Writes the octet for a level in dBov.</summary>
    public static byte ToOctet(int levelDbov) => (byte)Math.Clamp(-levelDbov, 0, 127);
}

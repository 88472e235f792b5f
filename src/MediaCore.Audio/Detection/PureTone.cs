namespace MediaCore.Audio.Detection;

/// <summary>
/// Whether a stretch of sound is one sine, and which. For a sine <c>x[n] + x[n−2] = 2 cos ω · x[n−1]</c>; the total least squares solution of that over the stretch gives the frequency without the bias that noise gives to ordinary
/// least squares; what that sine leaves of the power is the noise. Of two sines the frequency is one between them.
/// </summary>
/// <param name="Hertz">Frequency; 0 when there is nothing.</param>
/// <param name="NoiseShare">Share of the power that is no sine, 0–1.</param>
/// <param name="LevelDbm0">Level of everything.</param>
public readonly record struct PureTone(double Hertz, double NoiseShare, double LevelDbm0)
{
    /// <summary>Measures a stretch; 20 to 30 ms tell telephone tones apart.</summary>
    public static PureTone Measure(ReadOnlySpan<float> samples, int sampleRateHz)
    {
        double outer = 0;
        double inner = 0;
        double product = 0;
        for (int i = 2; i < samples.Length; i++)
        {
            double y = samples[i] + samples[i - 2];
            double z = samples[i - 1];
            outer += y * y;
            inner += z * z;
            product += y * z;
        }

        if (inner < 1e-3 || samples.Length < 3)
        {
            return new PureTone(0, 1, -127);
        }

        // White noise of power s adds 2s to the outer and s to the inner sum: the smaller root of (outer − 2s)(inner − s) = product².
        double sum = outer + (2 * inner);
        double noise = Math.Max(0, (sum - Math.Sqrt(Math.Max(0, (sum * sum) - (8 * ((outer * inner) - (product * product)))))) / 4);
        double angle = Math.Acos(Math.Clamp(product / (2 * Math.Max(inner - noise, 1e-9)), -1, 1));
        (double explained, double energy) = Project(samples, angle);
        double level = (10 * Math.Log10(2 * energy / samples.Length / (32768.0 * 32768.0))) + 3.14;
        return new PureTone(angle * sampleRateHz / (2 * Math.PI), Math.Clamp(1 - (explained / energy), 0, 1), level);
    }

    /// <summary>How much of the energy the best sine of a frequency explains.</summary>
    private static (double Explained, double Energy) Project(ReadOnlySpan<float> samples, double angle)
    {
        (double turnSine, double turnCosine) = Math.SinCos(angle);
        double cosine = 1;
        double sine = 0;
        double energy = 0;
        double withCosine = 0;
        double withSine = 0;
        double cosines = 0;
        double sines = 0;
        double both = 0;
        foreach (float sample in samples)
        {
            energy += sample * sample;
            withCosine += sample * cosine;
            withSine += sample * sine;
            cosines += cosine * cosine;
            sines += sine * sine;
            both += cosine * sine;
            (cosine, sine) = ((cosine * turnCosine) - (sine * turnSine), (sine * turnCosine) + (cosine * turnSine));
        }

        double determinant = (cosines * sines) - (both * both);
        return determinant < 1e-9
            ? (0, energy)
            : (((withCosine * withCosine * sines) + (withSine * withSine * cosines) - (2 * withCosine * withSine * both)) / determinant, energy);
    }
}

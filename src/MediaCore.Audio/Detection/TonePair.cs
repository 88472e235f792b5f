namespace MediaCore.Audio.Detection;

/// <summary>How much of a stretch of sound two given frequencies explain: its projection on their sines and cosines, exact however near they are to each other and however short the stretch. Shared by all detectors of a country.</summary>
internal sealed class TonePair
{
    private const int Vectors = 4;

    private readonly float[] _basis;
    private readonly int _length;

    public TonePair(double firstHz, double secondHz, int samples, int sampleRateHz)
    {
        _length = samples;
        _basis = new float[Vectors * samples];
        double[][] vectors = new double[Vectors][];
        for (int v = 0; v < Vectors; v++)
        {
            double step = 2 * Math.PI * (v < 2 ? firstHz : secondHz) / sampleRateHz;
            vectors[v] = new double[samples];
            for (int i = 0; i < samples; i++)
            {
                vectors[v][i] = v % 2 == 0 ? Math.Cos(step * i) : Math.Sin(step * i);
            }

            // Gram and Schmidt.
            for (int before = 0; before < v; before++)
            {
                double dot = Dot(vectors[v], vectors[before]);
                for (int i = 0; i < samples; i++)
                {
                    vectors[v][i] -= dot * vectors[before][i];
                }
            }

            double length = Math.Sqrt(Dot(vectors[v], vectors[v]));
            for (int i = 0; i < samples; i++)
            {
                vectors[v][i] /= length;
                _basis[(v * samples) + i] = (float)vectors[v][i];
            }
        }
    }

    /// <summary>Share of the energy, 0–1, that the two explain.</summary>
    public float Share(ReadOnlySpan<float> samples, float energy)
    {
        float explained = 0;
        for (int v = 0; v < Vectors; v++)
        {
            ReadOnlySpan<float> vector = _basis.AsSpan(v * _length, _length);
            float dot = 0;
            for (int i = 0; i < vector.Length; i++)
            {
                dot += vector[i] * samples[i];
            }

            explained += dot * dot;
        }

        return energy <= 0 ? 0 : explained / energy;
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}

namespace MediaCore.Audio.G722;

/// <summary>
/// The adaptive predictor and step size of one sub-band, ITU-T G.722 §3.5 and §3.6 (blocks 3 and 4), in the fixed-point arithmetic that the Recommendation demands, so that encoder and decoder stay alike.
/// Constant size. Owned by its codec.
/// </summary>
internal struct G722SubBand
{
    private readonly bool _high;
    private Zeros _differences;
    private Zeros _zeroCoefficients;
    private int _pole1;
    private int _pole2;
    private int _reconstructed1;
    private int _partial1;
    private int _partial2;
    private int _zeroEstimate;
    private int _logStep;

    /// <summary>A band at rest.</summary>
    public G722SubBand(bool high)
    {
        _high = high;
        Step = high ? 8 : 32;
    }

    /// <summary>What the next sample is expected to be (SL, SH).</summary>
    public int Estimate { get; private set; }

    /// <summary>The quantiser's scale factor (DETL, DETH).</summary>
    public int Step { get; private set; }

    /// <summary>Adapts to the index that was sent: four bits of the lower band, two of the higher.</summary>
    public void Update(int index)
    {
        int difference = (Step * (_high ? G722Tables.HighLevels[index] : G722Tables.LowAdaptationLevels[index])) >> 15;
        AdaptStep(index);
        Predict(difference);
    }

    /// <summary>LOGSCL and SCALEL, LOGSCH and SCALEH.</summary>
    private void AdaptStep(int index)
    {
        int change = _high ? G722Tables.HighLogSteps[index] : G722Tables.LowLogSteps[index];
        _logStep = Math.Clamp(((_logStep * 127) >> 7) + change, 0, _high ? 22_528 : 18_432);
        int mantissa = G722Tables.InverseLogarithm[(_logStep >> 6) & 31];
        int shift = (_high ? 10 : 8) - (_logStep >> 11);
        Step = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
    }

    /// <summary>RECONS, PARREC, UPPOL1, UPPOL2, UPZERO, FILTEP, FILTEZ, PREDIC.</summary>
    private void Predict(int difference)
    {
        int reconstructed = Saturate(Estimate + difference);
        int partial = Saturate(_zeroEstimate + difference);
        bool sameAsLast = (partial < 0) == (_partial1 < 0);
        bool sameAsBefore = (partial < 0) == (_partial2 < 0);

        int cross = Saturate(_pole1 << 2);
        cross = sameAsLast ? Math.Min(-cross, short.MaxValue) : cross;
        int pole2 = Math.Clamp((sameAsBefore ? 128 : -128) + (cross >> 7) + ((_pole2 * 32_512) >> 15), -12_288, 12_288);
        int bound = Saturate(15_360 - pole2);
        int pole1 = Math.Clamp(Saturate((sameAsLast ? 192 : -192) + ((_pole1 * 32_640) >> 15)), -bound, bound);

        int gain = difference == 0 ? 0 : 128;
        int zeroEstimate = 0;
        for (int i = 5; i >= 0; i--)
        {
            bool same = (_differences[i] < 0) == (difference < 0);
            _zeroCoefficients[i] = Saturate((same ? gain : -gain) + ((_zeroCoefficients[i] * 32_640) >> 15));
            if (i < 5)
            {
                _differences[i + 1] = _differences[i];
            }
        }

        _differences[0] = difference;
        for (int i = 5; i >= 0; i--)
        {
            zeroEstimate += (_zeroCoefficients[i] * Saturate(2 * _differences[i])) >> 15;
        }

        int poleEstimate = Saturate(((pole1 * Saturate(2 * reconstructed)) >> 15) + ((pole2 * Saturate(2 * _reconstructed1)) >> 15));
        _pole1 = pole1;
        _pole2 = pole2;
        _reconstructed1 = reconstructed;
        _partial2 = _partial1;
        _partial1 = partial;
        _zeroEstimate = Saturate(zeroEstimate);
        Estimate = Saturate(poleEstimate + _zeroEstimate);
    }

    private static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);

    [System.Runtime.CompilerServices.InlineArray(6)]
    private struct Zeros
    {
        private int _first;
    }
}

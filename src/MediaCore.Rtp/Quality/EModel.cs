namespace MediaCore.Rtp.Quality;

/// <summary>
/// The E-model of ITU-T G.107 with all but delay, codec and loss at their defaults: R = 93.2 − Id − Ie,eff, and the opinion score that goes with it. Pure functions.
/// </summary>
public static class EModel
{
    /// <summary>R of a call without delay, loss or codec, everything else at its default (G.107 §3.1 and Annex B: R₀ − Is).</summary>
    public const double DefaultR = 93.2;

    /// <summary>The transmission rating R, 0 to <see cref="DefaultR"/>.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="lossFraction">Packets lost, 0 to 1.</param>
    /// <param name="burstRatio">BurstR: mean length of a loss run to that of random loss; 1 for random loss.</param>
    /// <param name="delayMilliseconds">One-way delay from mouth to ear.</param>
    public static double GetR(CodecImpairment codec, double lossFraction, double burstRatio, double delayMilliseconds)
    {
        double loss = 100 * Math.Clamp(lossFraction, 0, 1);
        double impairment = codec.Ie + ((95 - codec.Ie) * loss / ((loss / Math.Max(1, burstRatio)) + codec.Bpl));
        return Math.Clamp(DefaultR - impairment - GetDelayImpairment(delayMilliseconds), 0, DefaultR);
    }

    /// <summary>The mean opinion score for a rating, 1 to 4.5 (G.107 Annex B). The formula dips below 1 for ratings under 6.5; those are 1.</summary>
    public static double GetMos(double r) => r switch
    {
        <= 0 => 1,
        >= 100 => 4.5,
        _ => Math.Max(1, 1 + (0.035 * r) + (r * (r - 60) * (100 - r) * 7e-6)),
    };

    /// <summary>Idd (G.107 §3.4): what pure delay costs, nothing up to 100 ms. Echo is taken as perfectly cancelled.</summary>
    public static double GetDelayImpairment(double delayMilliseconds)
    {
        if (!(delayMilliseconds > 100))
        {
            return 0;
        }

        double x = Math.Log2(delayMilliseconds / 100);
        return 25 * (Math.Pow(1 + Math.Pow(x, 6), 1.0 / 6) - (3 * Math.Pow(1 + Math.Pow(x / 3, 6), 1.0 / 6)) + 2);
    }
}

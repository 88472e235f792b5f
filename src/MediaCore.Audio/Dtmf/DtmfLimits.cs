namespace MediaCore.Audio.Dtmf;

/// <summary>
/// What counts as a digit: the strictest column of ITU-T Q.24 (AT&amp;T) with the margins that noise and codecs need. Levels are of one frequency, in dBm0.
/// </summary>
public static class DtmfLimits
{
    /// <summary>Lowest level: Q.24 wants −25 taken and −55 refused; a phone behind a lossy line comes in between.</summary>
    public const double MinLevelDbm0 = -38;

    /// <summary>The low frequency may be this much louder than the high one: 8 dB by Q.24 and 1 dB for noise.</summary>
    public const double MaxTwistDb = 9;

    /// <summary>The high frequency may be this much louder than the low one: 4 dB by Q.24 and 1 dB for noise.</summary>
    public const double MaxReverseTwistDb = 5;

    /// <summary>Farthest from nominal, in parts of the frequency: between ±(1.5 % + 2 Hz), to be taken, and ±3.5 %, to be refused.</summary>
    public const double MaxDeviation = 0.026;

    /// <summary>Shortest tone in milliseconds: between 23, to be refused, and 40, to be taken.</summary>
    public const int MinToneMilliseconds = 35;

    /// <summary>A tone that is missing for so long is over: more than an interruption of 10 ms, to be bridged, and a lost packet of 20 ms, and less than a pause of 40 ms.</summary>
    public const int MinPauseMilliseconds = 25;

    /// <summary>
    /// Least share of all power that the two frequencies have, over <see cref="MinToneMilliseconds"/>: all digits are found down to 10 dB over noise. Harmonics, a third tone and speech are the rest; at 0.72 two frequencies of a
    /// synthetic voice were taken for a digit four times an hour, at this share never in thirty hours (perf/results, DTMF).
    /// </summary>
    public const double MinPowerShare = 0.86;
}

namespace MediaCore.Audio.Resampling;

/// <summary>Bounds of <see cref="Resampler"/>.</summary>
public static class ResamplerLimits
{
    /// <summary>
    /// Most filter phases: the output rate divided by its greatest common divisor with the input rate. 320 covers every rate in use against 8000 Hz (11025 Hz is the worst);
    /// odd rates such as 44101 Hz would need thousands and megabytes of filter.
    /// </summary>
    public const int MaxPhases = 1024;

    /// <summary>Highest sample rate, Hz.</summary>
    public const int MaxSampleRateHz = 192_000;
}

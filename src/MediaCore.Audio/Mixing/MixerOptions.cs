namespace MediaCore.Audio.Mixing;

/// <summary>How a <see cref="ConferenceMixer"/> mixes.</summary>
public sealed record MixerOptions
{
    /// <summary>Samples per second: 8000, 16000, 24000 or 48000. Default 16000.</summary>
    public int SampleRateHz { get; init; } = 16_000;

    /// <summary>Most members, 2 to <see cref="MixingLimits.MaxMembers"/>. Default all of them.</summary>
    public int MaxMembers { get; init; } = MixingLimits.MaxMembers;

    /// <summary>
    /// How many are heard at once, the loudest first; 1 to <see cref="MixingLimits.MaxTalkers"/>. Default 8: more voices than that nobody follows, and the noise of each line that is added is heard by all.
    /// </summary>
    public int MaxTalkers { get; init; } = 8;
}

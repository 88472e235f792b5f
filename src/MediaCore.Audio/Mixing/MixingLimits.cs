namespace MediaCore.Audio.Mixing;

/// <summary>Bounds of <see cref="ConferenceMixer"/>.</summary>
public static class MixingLimits
{
    /// <summary>Most members of a mixer. With every one of them talking at full scale and at the highest gain the sum stays within 25 bits.</summary>
    public const int MaxMembers = 50;

    /// <summary>Most members that may be heard at once; the option <see cref="MixerOptions.MaxTalkers"/> is usually much lower.</summary>
    public const int MaxTalkers = MaxMembers;

    /// <summary>Highest gain of a member, as a factor: 20 dB.</summary>
    public const float MaxGain = 10;

    /// <summary>Sound of one tick in milliseconds.</summary>
    public const int FrameMilliseconds = 20;
}
